import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { openZip } from '../../src/backends/unpack';
import { packageRoot } from '../../src/common/files';
import { retortHome } from '../../src/common/home';
import type { PinnedNatives } from '../../src/common/natives';
import { openDataset } from '../../src/data/open';
import type { RunInfo } from '../../src/runs/types';

const run = promisify(execFile);

/** Everything that may be in the package. */
const allowed = [
  /^\[Content_Types\]\.xml$/,
  /^extension\.vsixmanifest$/,
  /^extension\/(package\.json|package\.nls\.json|readme\.md|changelog\.md|LICENSE\.txt)$/,
  /^extension\/media\/([\w-]+\/)?[\w-]+\.(svg|png)$/,
  /^extension\/examples\/(demo|recipes)\/[\w-]+\.distill\.json$/,
  /^extension\/examples\/sample\/(\.gitignore|README\.md|package\.json|tsconfig\.json|models\/\w+\.ts|recipes\/[\w-]+\.distill\.json)$/,
  /^extension\/dist\/[\w-]+\.js$/,
  /^extension\/dist\/(catalogue|natives|recipe\.schema|recipe\.editor\.schema)\.json$/,
  /^extension\/dist\/THIRD_PARTY_NOTICES\.txt$/,
  /^extension\/dist\/webview\/[\w-]+\.(js|css|ttf)$/,
  /^extension\/dist\/wasm\/[\w-]+\.wasm$/,
  /^extension\/dist\/binding\/(package\.json|(node\/)?\w+\.(cc|h))$/,
];

describe("the editor's package", function () {
  this.timeout(600_000);
  const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'retort-vsix-')));
  const extension = path.join(folder, 'extension');
  const workspace = path.join(folder, 'workspace');
  const home = path.join(folder, 'home');
  let vsix: string;

  before(async () => {
    const tsx = require.resolve('tsx/cli');
    await run(process.execPath, [tsx, 'scripts/package.ts', '--out', folder], { cwd: packageRoot() });
    vsix = path.join(
      folder,
      fs.readdirSync(folder).find((name) => name.endsWith('.vsix'))!,
    );
    const archive = await openZip(vsix, () => true);
    await archive.unpack(folder, () => undefined);
    archive.close();
    // The data set is fetched once for all tests; nothing else of the machine's is in this home.
    await openDataset(
      { format: 'fashion-mnist' },
      { base: folder, home: retortHome(), onProgress: () => undefined },
    );
    fs.mkdirSync(home);
    fs.symlinkSync(path.join(retortHome(), 'datasets'), path.join(home, 'datasets'));
    fs.cpSync(path.join(extension, 'examples', 'sample'), workspace, { recursive: true });
  });

  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  function node(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Promise<{ stdout: string }> {
    const env = { ...process.env, RETORT_HOME: home, RETORT_BACKEND: 'wasm', NODE_PATH: '', ...environment };
    return run(process.execPath, args, { cwd: workspace, env });
  }

  const small = [
    'train.epochs=0.1',
    'data.train.limit=640',
    'data.validation.limit=64',
    'report.test=false',
  ].flatMap((assignment) => ['--set', assignment]);

  async function train(recipe: string): Promise<RunInfo> {
    const { stdout } = await node([
      path.join(extension, 'dist', 'cli.js'),
      'run',
      recipe,
      '--json',
      ...small,
    ]);
    const events = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: string; info: RunInfo });
    return events.find(({ event }) => event === 'end')!.info;
  }

  it('holds what is meant to be in it, in at most 8 MB', () => {
    const names = fs
      .readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter(
        (name) => !/^(workspace|home)\b|\.vsix$/.test(name) && fs.statSync(path.join(folder, name)).isFile(),
      )
      .map((name) => name.split(path.sep).join('/'));
    assert.deepEqual(
      names.filter((name) => !allowed.some((pattern) => pattern.test(name))),
      [],
    );
    for (const program of ['cli', 'worker', 'inspector', 'loader', 'heartbeat', 'engine', 'extension']) {
      assert.ok(names.includes(`extension/dist/${program}.js`), program);
    }
    const { size } = fs.statSync(vsix);
    assert.ok(size <= 8_000_000, `${size} bytes`);
  });

  it('holds what its programs load from beside them, and little that the editor reads at its start', () => {
    const dist = path.join(extension, 'dist');
    const files = fs.readdirSync(dist).filter((name) => name.endsWith('.js'));
    const loaded = files.flatMap((name) =>
      [...fs.readFileSync(path.join(dist, name), 'utf8').matchAll(/require\("\.\/([\w-]+\.js)"\)/g)].map(
        ([, file]) => file!,
      ),
    );
    for (const file of ['tensorflow.js', 'undici.js']) assert.ok(loaded.includes(file), file);
    assert.deepEqual(
      loaded.filter((file) => !files.includes(file)),
      [],
    );
    const { size } = fs.statSync(path.join(dist, 'extension.js'));
    assert.ok(size <= 600_000, `${size} bytes`);
  });

  it('pins the packages with machine code by the hashes of the lock file, for every machine that VS Code runs on', () => {
    const pins = JSON.parse(
      fs.readFileSync(path.join(extension, 'dist', 'natives.json'), 'utf8'),
    ) as PinnedNatives;
    const lock = JSON.parse(fs.readFileSync(path.join(packageRoot(), 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { version: string; integrity: string }>;
    };
    for (const name of ['esbuild', '@esbuild/linux-x64', '@esbuild/win32-arm64', '@esbuild/darwin-arm64']) {
      const { version, integrity } = lock.packages[`node_modules/${name}`]!;
      const pin = pins.esbuild.find((entry) => entry.name === name);
      assert.deepEqual([pin?.version, pin?.integrity], [version, integrity]);
    }
    const sharp = pins.sharp.map(({ name }) => name);
    for (const name of ['linux-x64', 'linuxmusl-arm64', 'darwin-arm64', 'win32-x64']) {
      assert.ok(sharp.includes(`@img/sharp-${name}`), name);
    }
    assert.ok(!sharp.includes('@img/sharp-wasm32'));
  });

  it('trains a built-in network on WebAssembly, and fetches nothing for it', async () => {
    fs.copyFileSync(
      path.join(extension, 'examples', 'demo', 'alone.distill.json'),
      path.join(workspace, 'builtin.distill.json'),
    );
    const info = await train('builtin.distill.json');
    assert.equal(info.state, 'done');
    assert.equal(info.backend?.used, 'wasm');
    assert.equal(fs.existsSync(path.join(home, 'natives')), false);
    assert.equal(fs.existsSync(path.join(home, 'backends')), false);
  });

  it('trains the sample project, whose models share its TensorFlow.js; esbuild is fetched by its hash', async () => {
    const info = await train(path.join('recipes', 'alone.distill.json'));
    assert.equal(info.state, 'done');
    const [esbuild] = fs.readdirSync(path.join(home, 'natives'));
    assert.match(esbuild!, /^esbuild-\d/);
  });

  it('fetches nothing behind the back of someone who is asked first', async () => {
    fs.rmSync(path.join(home, 'natives'), { recursive: true });
    const inspector = path.join(extension, 'dist', 'inspector.js');
    const program = `
        const { fork } = require('node:child_process');
        const child = fork(${JSON.stringify(inspector)}, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
        child.on('message', (message) => {
          if (message.id !== 1) return;
          console.log(JSON.stringify(message.error));
          child.kill();
        });
        child.send({ jsonrpc: '2.0', id: 1, method: 'model', params: {
          workspace: process.cwd(), retort: process.cwd() + '/.retort', backend: 'wasm',
          model: 'models/small.ts#small', args: {}, inputShape: [28, 28, 1], classes: 10,
        } });`;
    const { stdout } = await node(['-e', program], { RETORT_ASK_BEFORE_FETCHING: '1' });
    assert.match(stdout, /esbuild.*not fetched yet.*Fetch Helper Programs/);
    assert.equal(fs.existsSync(path.join(home, 'natives')), false);
  });

  it('offers its engine to loops of their own', async () => {
    const engine = path.join(extension, 'dist', 'engine.js');
    const program = `
      const { createMethod, ready, tf } = require(${JSON.stringify(engine)});
      ready('wasm').then((report) => {
        const method = createMethod('kd', { temperature: 1 }, { student: [2, 3], teacher: [2, 3] });
        const logits = tf.tensor2d([[1, 2, 3], [3, 2, 1]]);
        const loss = method.loss({ student: logits, teacher: logits }).dataSync()[0];
        console.log(JSON.stringify({ backend: report.name, loss }));
      });`;
    const { stdout } = await node(['-e', program]);
    const { backend, loss } = JSON.parse(stdout) as { backend: string; loss: number };
    assert.equal(backend, 'wasm');
    // The divergence of a distribution from itself.
    assert.ok(Math.abs(loss) < 1e-6);
  });
});
