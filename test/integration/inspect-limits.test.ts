import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { inspect, type InspectOptions } from '../../src/launch/inspect';
import { CheckRequest, ModelRequest, type ModelSummary } from '../../src/protocol/inspector';
import { resolve } from './run-worker';
import { makeTinyWorkspace, tinyRecipe } from './tiny-workspace';

const source = `
import * as tf from '@tensorflow/tfjs';

export const throws = () => { throw new RangeError('no such depth'); };
export const hangs = () => { for (;;); };
export const waits = () => { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0); };
export const tensors = () => { for (const kept = [];;) kept.push(tf.ones([1024, 1024])); };
export const objects = () => { for (const kept: object[] = [];;) kept.push({ value: kept.length }); };
export const leaves = () => process.exit(3);
export const fails = () => { process.abort(); };
`;

/** Model and data modules as a user may have written them by mistake; each must leave one sentence and no process. */
describe('Code that will not end well', function () {
  this.timeout(60_000);
  let workspace: string;
  before(() => {
    workspace = makeTinyWorkspace();
    fs.writeFileSync(path.join(workspace, 'bad.ts'), source);
  });
  after(() => fs.rmSync(workspace, { recursive: true, force: true }));

  const setting = (): { workspace: string; retort: string; backend: string } => ({
    workspace,
    retort: path.join(workspace, '.retort'),
    backend: 'wasm',
  });
  const build = (name: string, options: InspectOptions = {}): Promise<ModelSummary> => {
    const question = { model: `bad.ts#${name}`, args: {}, inputShape: [8, 8, 1] as const, classes: 4 };
    return inspect(ModelRequest, { ...setting(), ...question }, options);
  };
  const refuses = async (work: Promise<unknown>, message: RegExp): Promise<void> => {
    await assert.rejects(work, { name: 'InputError', message });
    assert.deepEqual(await inspectors(), []);
  };
  /** The ids of this process's inspectors that still run. */
  async function inspectors(): Promise<string[]> {
    if (process.platform === 'win32') return [];
    const find = (): string[] => {
      const rows = execFileSync('ps', ['-ax', '-o', 'pid=,ppid=,stat=,command='], { encoding: 'utf8' });
      return rows
        .split('\n')
        .map((row) => row.trim().split(/\s+/))
        .filter(
          ([, parent, state, ...command]) =>
            parent === String(process.pid) &&
            !state!.startsWith('Z') &&
            command.join(' ').includes('inspector.js'),
        )
        .map(([pid]) => pid!);
    };
    // A killed process takes a moment to go.
    for (let tries = 0; tries < 100 && find().length > 0; tries++) await new Promise(setImmediate);
    return find();
  }
  const memoryLimit = 600 * 2 ** 20;

  it('is refused when it throws, with the place', () =>
    refuses(build('throws'), /^bad\.ts:4:\d+: bad\.ts#throws throws: no such depth$/));

  for (const name of ['hangs', 'waits']) {
    it(`is ended when it ${name}`, () =>
      refuses(
        build(name, { timeLimit: 2 }),
        new RegExp(`^Building bad\\.ts#${name} did not finish within 2 s; look for a loop without end`),
      ));
  }

  it('is ended when it makes tensors without end', () =>
    refuses(
      build('tensors', { memoryLimit }),
      /^Building bad\.ts#tensors took more than 0\.6 GiB of memory; look for what it makes without end$/,
    ));

  it('is ended when it makes objects without end', () =>
    refuses(
      build('objects', { memoryLimit: 300 * 2 ** 20 }),
      /^Building bad\.ts#objects took more than 0\.3 GiB of memory/,
    ));

  it('is refused when it ends the process', () =>
    refuses(build('leaves'), /^Building bad\.ts#leaves ended its process \(exit code 3\)/));

  it('is refused when it crashes', () =>
    refuses(build('fails'), /^Building bad\.ts#fails ended its process \((SIGABRT|exit code \d+)\)/));

  it('leaves nothing behind when nobody waits for it any more', async () => {
    const controller = new AbortController();
    const work = build('hangs', { signal: controller.signal, onStage: () => controller.abort() });
    await assert.rejects(work, { message: 'cancelled' });
    assert.deepEqual(await inspectors(), []);
  });

  it('is ended in a data module too', async () => {
    fs.writeFileSync(path.join(workspace, 'data.mjs'), 'export function dataset() { for (;;); }');
    const recipe = resolve(workspace, {
      ...tinyRecipe(null),
      data: { source: { format: 'module', path: 'data.mjs' } },
    });
    await refuses(
      inspect(CheckRequest, { ...setting(), recipe, trial: false }, { timeLimit: 2 }),
      /^Opening the data of data\.mjs did not finish within 2 s/,
    );
  });

  it("may take time and memory where it is not the user's", async () => {
    const question = { model: 'models.ts#small', args: {}, inputShape: [8, 8, 1] as const, classes: 4 };
    const { layers } = await inspect(ModelRequest, { ...setting(), ...question }, { memoryLimit: 2 ** 40 });
    assert.equal(layers.at(-1)!.id, 'head');
  });
});
