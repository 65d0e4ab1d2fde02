import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { distFile } from '../../src/common/files';
import { CliProcess, retort } from './cli-process';
import { makeTinyWorkspace, tinyRecipe } from './tiny-workspace';

/** Exit code 2, one line on stderr that names the place, and no run is left. */
describe('bad input on the command line', function () {
  this.timeout(120_000);
  let workspace: string;

  beforeEach(() => {
    workspace = makeTinyWorkspace();
  });

  afterEach(() => fs.rmSync(workspace, { recursive: true, force: true }));

  function write(name: string, content: string | object): void {
    const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2);
    fs.writeFileSync(path.join(workspace, name), text);
  }

  async function refuses(args: readonly string[], message: RegExp): Promise<void> {
    const { code, stdout, stderr } = await retort(workspace, ...args);
    assert.match(stderr, message);
    assert.equal(stderr.trimEnd().split('\n').length, 1, stderr);
    assert.ok(stderr.startsWith('retort: '), stderr);
    assert.equal(stdout, '');
    assert.equal(code, 2);
    const runs = path.join(workspace, '.retort', 'runs');
    assert.deepEqual(fs.existsSync(runs) ? fs.readdirSync(runs) : [], []);
  }

  const recipe = (changes: object = {}): object => ({ ...tinyRecipe(null), ...changes });
  const module = (body: string): string => `
    import * as tf from '@tensorflow/tfjs';
    import * as fs from 'node:fs';
    export function model({ inputShape, classes }) { ${body} }
    function plain(inputShape, classes) {
      const inputs = tf.input({ shape: inputShape });
      const flat = tf.layers.flatten().apply(inputs);
      return tf.model({ inputs, outputs: tf.layers.dense({ units: classes }).apply(flat) });
    }`;
  const student = { model: 'own.ts#model' };

  it('usage: unknown commands, options and names, with the nearest right one', async () => {
    await refuses(['compar'], /unknown command 'compar' \(Did you mean compare\?\)/);
    await refuses(
      ['run', 'a.distill.json', '--seedz', '1'],
      /unknown option '--seedz' \(Did you mean --seeds\?\)/,
    );
    await refuses(['data', 'fetc', 'mnist'], /no command "data fetc"; did you mean "fetch"\?/);
    await refuses(['run'], /missing required argument 'recipe'/);
    await refuses(['run', 'a.distill.json', '--seeds', '0,0'], /A seed is given twice/);
    await refuses(['eval', 'last', '--split', 'train'], /Allowed choices are validation, test/);
    await refuses(['eval', 'last', '--checkpoint', 'worst'], /Write best, last or step-N/);
    await refuses(['methods', 'tats'], /no method "tats"; did you mean "tat"\?/);
    await refuses(['models', 'resnet9'], /no built-in network "resnet9"; did you mean "resnet\d"\?/);
    await refuses(
      ['check', 'a.distill.json', '--backend', 'gpus'],
      /--backend: no backend "gpus"; did you mean "gpu"\?/,
    );
    await refuses(['show', 'last'], /There are no runs in/);
  });

  it('a recipe that is missing, is no JSON, or has a key or value that it must not', async () => {
    await refuses(['run', 'a.distill.json'], /a\.distill\.json: .*there is no such file/);
    write('a.distill.json', '{\n  "name": "a",\n  "train" {}\n}');
    await refuses(['run', 'a.distill.json'], /syntax error.*\(a\.distill\.json, line 3/);
    write('a.distill.json', recipe({ studnet: {} }));
    await refuses(
      ['run', 'a.distill.json'],
      /studnet.*did you mean "student"\?.*\(a\.distill\.json, line \d+\)/,
    );
    write('a.distill.json', recipe());
    await refuses(
      ['run', 'a.distill.json', '--set', 'train.epochs=two'],
      /train\.epochs: .*\(--set train\.epochs=two\)/,
    );
  });

  it('a layer that the model does not have, in its place in the file', async () => {
    const { code } = await retort(workspace, 'run', 'alone.distill.json');
    assert.equal(code, 2);
    write('alone.distill.json', recipe({ train: { ...(recipe() as { train: object }).train, epochs: 1 } }));
    const trained = await retort(workspace, 'run', 'alone.distill.json', '--json');
    const { run } = JSON.parse(trained.stdout.split('\n')[0]!) as { run: string };
    const text = JSON.stringify(
      {
        ...recipe(),
        teacher: { model: 'models.ts#small', weights: `run:${run}` },
        hooks: [{ method: 'tat', student: 'featurs', teacher: 'features', weight: 1 }],
      },
      null,
      2,
    );
    write('a.distill.json', text);
    const line = text.slice(0, text.indexOf('featurs')).split('\n').length;
    const refused = await retort(workspace, 'run', 'a.distill.json');
    assert.equal(
      refused.stderr,
      `retort: hooks[0].student: no layer "featurs"; did you mean "features"? (a.distill.json, line ${line})\n`,
    );
    assert.equal(refused.code, 2);
    assert.equal(fs.readdirSync(path.join(workspace, '.retort', 'runs')).length, 1);
  });

  it('a model that throws, is none, or never ends', async () => {
    write('a.distill.json', recipe({ student }));
    write('own.ts', module(`throw new Error('no such width');`));
    await refuses(
      ['run', 'a.distill.json'],
      /student\.model: .*no such width.*\(a\.distill\.json, line \d+\)/,
    );
    write('own.ts', module('return 7;'));
    await refuses(['run', 'a.distill.json'], /student\.model: .*\(a\.distill\.json, line \d+\)/);
    write('own.ts', module('for (;;);'));
    await refuses(['run', 'a.distill.json', '--time-limit', '1'], /own\.ts#model did not finish within 1 s/);
  });

  it('training that cannot be: too few images, steps beyond counting, a loss that is none', async () => {
    write('a.distill.json', recipe());
    const check = ['check', 'a.distill.json', '--set'];
    await refuses(
      [...check, 'train.batchSize=161'],
      /: train\.batchSize: the 160 images to train on are fewer than a batch of 161; .*\(--set train\.batchSize=161\)/,
    );
    await refuses(
      [...check, 'train.accumulate=11'],
      /: train\.accumulate: the batches of an epoch \(10 of 16 images\) are fewer than the 11 of one step/,
    );
    await refuses([...check, 'train.epochs=1e300'], /: train\.epochs: 1e\+300 epochs have more steps/);
    await refuses(
      [...check, 'train.optimizer.lr=1e30'],
      /: train: The loss term "task" became NaN at step 1; .*\(a\.distill\.json, line \d+\)/,
    );
  });

  it('a place for the queue where none can be: the run made for it is removed', async () => {
    write('a.distill.json', recipe());
    write('home', '');
    const home = { RETORT_HOME: path.join(workspace, 'home'), RETORT_BACKEND: 'wasm' };
    const { code, stderr } = await new CliProcess(workspace, ['run', 'a.distill.json'], home).ended;
    assert.match(stderr, /^retort: .*home.*: the queue of runs cannot be kept there .*; set RETORT_HOME to/m);
    assert.equal(code, 2);
    assert.deepEqual(fs.readdirSync(path.join(workspace, '.retort', 'runs')), []);
  });

  it('a file for the output on a disk that is full', function () {
    if (!fs.existsSync('/dev/full')) this.skip();
    const full = fs.openSync('/dev/full', 'w');
    try {
      const started = (stdout: number | 'pipe', stderr: number | 'pipe', ...args: string[]) =>
        spawnSync(process.execPath, [distFile('cli.js'), ...args], { stdio: ['ignore', stdout, stderr] });
      const { status, stderr } = started(full, 'pipe', 'methods');
      assert.equal(
        String(stderr),
        'retort: Retort cannot go on: no space is left; free some and try again\n',
      );
      assert.equal(status, 2);
      assert.equal(started('pipe', full, 'method').status, 2);
    } finally {
      fs.closeSync(full);
    }
  });

  it('a model that fails only when it is trained: the run made for it is removed', async () => {
    // The first build is the check's, the second the run's.
    const mark = JSON.stringify(path.join(workspace, 'built'));
    write(
      'own.ts',
      module(`
        if (fs.existsSync(${mark})) throw new Error('changed its mind');
        fs.writeFileSync(${mark}, '');
        return plain(inputShape, classes);`),
    );
    write('a.distill.json', recipe({ student }));
    const { code, stderr } = await retort(workspace, 'run', 'a.distill.json');
    assert.match(stderr, /^retort: student\.model: .*changed its mind/m);
    assert.equal(code, 2);
    assert.deepEqual(fs.readdirSync(path.join(workspace, '.retort', 'runs')), []);
  });

  it('a run that cannot be read: listed, and why below the table', async () => {
    const id = '20260102-030405-abcd';
    fs.mkdirSync(path.join(workspace, '.retort', 'runs', id), { recursive: true });
    const { code, stdout, stderr } = await retort(workspace, 'list');
    assert.match(stdout.split('\n')[1]!, /^20260102-030405-abcd( +–){3} +unreadable( +–){3}$/);
    assert.match(stderr, /^Run 20260102-030405-abcd cannot be read: .*run\.json is missing\n$/);
    assert.equal(code, 0);
  });

  it('a dataset that is cut short', async () => {
    const images = path.join(workspace, 'data', 'train-images-idx3-ubyte');
    fs.truncateSync(images, fs.statSync(images).size - 10);
    write('a.distill.json', recipe());
    await refuses(['run', 'a.distill.json'], /train-images-idx3-ubyte/);
  });

  it('errors as JSON, with their places', async () => {
    write('a.distill.json', recipe({ studnet: {} }));
    const { code, stdout, stderr } = await retort(workspace, 'run', 'a.distill.json', '--json');
    const { error } = JSON.parse(stderr) as {
      error: { message: string; exitCode: number; problems: { path: string; line: number }[] };
    };
    assert.equal(stdout, '');
    assert.equal(code, 2);
    assert.equal(error.exitCode, 2);
    assert.equal(error.problems[0]!.path, 'studnet');
    assert.ok(error.problems[0]!.line > 1);
  });
});
