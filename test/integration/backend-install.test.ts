import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as readline from 'node:readline';
import {
  backendChoice,
  bindingFile,
  type InstallableBackend,
  type InstallProgress,
  readManifest,
} from '../../src/backends';
import { makeBinding } from '../../src/backends/binding';
import { downloadFromIndex } from '../../src/backends/package-index';
import { tensorflowWheels } from '../../src/backends/pins';
import { verifySha256 } from '../../src/common/digest';

const root = path.join(__dirname, '../..');

/** Whether this machine is one where TensorFlow can be had: set up with it, and not told to do without. */
const hasTensorflow =
  ['auto', 'cpu', 'gpu'].includes(backendChoice(undefined)) && readManifest('cpu') !== undefined;

interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** `done`, or the error's message. */
  readonly last: string;
}

/** An install in a process of its own, which prints `stage done total` as it goes. */
class InstallProcess {
  readonly process: ChildProcess;
  private last = '';

  constructor(backend: InstallableBackend, environment: NodeJS.ProcessEnv) {
    const program = `
      const { installBackend } = require('./src/backends');
      const onProgress = ({ stage, done, total }) => console.log(stage, done, total);
      installBackend('${backend}', { onProgress }).then(
        () => console.log('done'),
        (error) => { console.log(error.name + ': ' + error.message); process.exitCode = 2; });`;
    this.process = spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', program], {
      cwd: root,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
  }

  /** Kills it, as the system does when memory is short, once it has printed a matching line. */
  async killAt(isThere: (stage: string, share: number) => boolean): Promise<Outcome> {
    return this.end((line) => {
      const [stage = '', done, total] = line.split(' ');
      if (isThere(stage, Number(done) / Number(total))) this.process.kill('SIGKILL');
    });
  }

  async end(onLine: (line: string) => void = () => undefined): Promise<Outcome> {
    const lines = readline.createInterface({ input: this.process.stdout! });
    lines.on('line', (line) => {
      this.last = line;
      onLine(line);
    });
    const [code, signal] = (await once(this.process, 'close')) as [number | null, NodeJS.Signals | null];
    return { code, signal, last: this.last };
  }
}

describe('installing a backend', function () {
  this.timeout(600_000);
  let folder: string;
  let home: string;

  before(() => {
    // Beside the machine's own cache, where there is room for it and programs may be run from.
    folder = fs.mkdtempSync(path.join(root, 'node_modules', '.retort-install-'));
    home = path.join(folder, 'home');
  });

  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  function install(backend: InstallableBackend, environment: NodeJS.ProcessEnv = {}): InstallProcess {
    return new InstallProcess(backend, { RETORT_HOME: home, ...environment });
  }

  /** The names of what is in place, and of what lies aside. */
  function backends(): { inPlace: string[]; aside: string[] } {
    const names = fs.existsSync(path.join(home, 'backends'))
      ? fs.readdirSync(path.join(home, 'backends'))
      : [];
    return {
      inPlace: names.filter((name) => !name.startsWith('.')),
      aside: names.filter((name) => name.startsWith('.')),
    };
  }

  /** Trains a small network with a backend and gives its report's name and the first and last losses. */
  async function train(backend: string): Promise<{ name: string; first: number; last: number }> {
    const program = `
      const tf = require('@tensorflow/tfjs');
      const { ready } = require('./src/engine/backends');
      (async () => {
        const { name } = await ready('${backend}');
        const weights = tf.variable(tf.randomNormal([3, 3, 1, 4], 0, 1, 'float32', 1));
        const x = tf.randomNormal([8, 12, 12, 1], 0, 1, 'float32', 2);
        const optimizer = tf.train.sgd(0.01);
        const losses = [];
        for (let step = 0; step < 20; step++) {
          const loss = optimizer.minimize(() => tf.conv2d(x, weights, 1, 'same').square().mean(), true);
          losses.push((await loss.data())[0]);
        }
        console.log(JSON.stringify({ name, first: losses[0], last: losses.at(-1) }));
        process.exit();
      })();`;
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', program], {
      cwd: root,
      env: { ...process.env, RETORT_HOME: home },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    await once(child, 'close');
    return JSON.parse(printed) as { name: string; first: number; last: number };
  }

  describe('TensorFlow', () => {
    const wheels = (): string => path.join(folder, 'wheels');

    before(function () {
      if (!hasTensorflow) this.skip();
    });

    it('needs a compiler, and says so before it fetches anything', async function () {
      if (process.platform !== 'linux') this.skip();
      const { code, last } = await install('cpu', { PATH: folder, CXX: '' }).end();
      assert.equal(code, 2);
      assert.match(last, /^InputError: No C\+\+ compiler found; .*--backend webgpu or wasm/);
      assert.deepEqual(backends(), { inPlace: [], aside: [] });
    });

    it('comes from the package index without pip', async () => {
      fs.mkdirSync(wheels());
      await downloadFromIndex(tensorflowWheels('cpu'), wheels(), {});
      for (const { file, sha256 } of tensorflowWheels('cpu'))
        await verifySha256(path.join(wheels(), file), sha256);
    });

    // From here on, from the folder that now holds it: through pip where there is one.
    const offline = (): NodeJS.ProcessEnv => ({ PIP_FIND_LINKS: wheels(), PIP_NO_INDEX: '1' });

    it('is nowhere after a kill while it is fetched, and after one while it is unpacked', async () => {
      const fetching = await install('cpu', offline()).killAt((stage) => stage === 'download');
      assert.equal(fetching.signal, 'SIGKILL');
      assert.deepEqual(backends().inPlace, []);
      const unpacking = await install('cpu', offline()).killAt(
        (stage, share) => stage === 'unpack' && share > 0.5,
      );
      assert.equal(unpacking.signal, 'SIGKILL');
      assert.deepEqual(backends().inPlace, []);
      assert.notDeepEqual(backends().aside, []);
    });

    it('is there afterwards, whole, with nothing left aside, and trains', async () => {
      const { code, last } = await install('cpu', offline()).end();
      assert.equal(last, 'done');
      assert.equal(code, 0);
      assert.deepEqual(backends().aside, []);
      const [name] = backends().inPlace;
      const manifest = JSON.parse(
        fs.readFileSync(path.join(home, 'backends', name!, 'manifest.json'), 'utf8'),
      ) as { packages: { hash: string }[] };
      assert.deepEqual(
        manifest.packages.map(({ hash }) => hash),
        tensorflowWheels('cpu').map(({ sha256 }) => `sha256-${sha256}`),
      );
      const { name: backend, first, last: trained } = await train('cpu');
      assert.equal(backend, 'tensorflow-cpu');
      assert.ok(trained < 0.9 * first);
    });

    it('compiles its binding where the prebuilt one does not load, saying why', async () => {
      const installed = bindingFile('cpu');
      const made = path.join(folder, 'made');
      fs.mkdirSync(made);
      fs.symlinkSync(path.join(path.dirname(installed), 'tensorflow'), path.join(made, 'tensorflow'));
      // What a download that was cut off leaves.
      const damaged = path.join(folder, 'damaged.node');
      const whole = fs.readFileSync(installed);
      fs.writeFileSync(damaged, whole.subarray(0, whole.length / 2));
      const steps: InstallProgress[] = [];
      const onProgress = (step: InstallProgress): void => void steps.push(step);

      process.env.CXX = path.join(folder, 'no-compiler');
      try {
        await assert.rejects(makeBinding(made, damaged, { onProgress }), {
          name: 'InputError',
          message: /^The binding that came with Retort does not work here \(.+\)\. CXX names .*no-compiler/,
        });
      } finally {
        delete process.env.CXX;
      }
      assert.ok(await makeBinding(made, damaged, { onProgress }));
      assert.deepEqual(
        steps.map(({ stage }) => stage),
        ['try', 'try', 'compile', 'try'],
      );
      assert.match(steps[2]!.because!, /^it ends with /);
      // One that loads is taken as it is.
      assert.equal(await makeBinding(made, installed, {}), undefined);
    });

    it('is not made from a wheel with another hash, with pip or without', async () => {
      const [wheel] = tensorflowWheels('cpu');
      const other = path.join(folder, 'other-home');
      const file = fs.openSync(path.join(wheels(), wheel!.file), 'r+');
      fs.writeSync(file, Buffer.from([1]), 0, 1, 1000);
      fs.closeSync(file);
      const nodeOnly = path.join(folder, 'path');
      fs.mkdirSync(nodeOnly);
      for (const tool of ['c++', 'g++', 'clang++', 'xcode-select']) {
        const found = (process.env.PATH ?? '').split(path.delimiter).map((place) => path.join(place, tool));
        const target = found.find((candidate) => fs.existsSync(candidate));
        if (target) fs.symlinkSync(target, path.join(nodeOnly, tool));
      }
      for (const place of [process.env.PATH, nodeOnly]) {
        const { code, last } = await install('cpu', { ...offline(), PATH: place, RETORT_HOME: other }).end();
        assert.equal(code, 2);
        assert.match(
          last,
          /^InputError: .*(another hash than the pinned one|its hash is [0-9a-f]{64}, expected)/,
        );
        assert.deepEqual(fs.readdirSync(path.join(other, 'backends')), []);
      }
    });
  });

  describe('WebGPU', () => {
    it('is nowhere after a kill at any step, and says so of a full disk', async () => {
      for (const place of ['backend-downloaded', 'backend-unpacked', 'backend-before-rename']) {
        const killed = await install('webgpu', { RETORT_FAILPOINT: place }).end();
        assert.equal(killed.signal, 'SIGKILL', place);
        assert.ok(!backends().inPlace.some((name) => name.startsWith('webgpu')), place);
        assert.ok(
          backends().aside.some((name) => name.startsWith('.webgpu-aside-')),
          place,
        );
      }
      const full = await install('webgpu', { RETORT_FAILPOINT: 'backend-unpacked=ENOSPC' }).end();
      assert.equal(full.code, 2);
      assert.match(
        full.last,
        /^InputError: No space is left in .* for WebGPU; free some, or set RETORT_HOME/,
      );
      assert.deepEqual(backends().aside, []);
    });

    it('is installed by one of two processes at once, and the other says so or finds it done', async () => {
      const [first, second] = await Promise.all([install('webgpu').end(), install('webgpu').end()]);
      assert.ok([first, second].some(({ last }) => last === 'done'));
      for (const { last } of [first, second]) {
        assert.match(last, /^done$|^InputError: Process \d+ is installing or removing WebGPU; wait for it/);
      }
      assert.ok(backends().inPlace.some((name) => name.startsWith('webgpu-')));
      assert.deepEqual(backends().aside, []);
    });
  });
});
