import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import type { Recipe } from '../../src/recipe/schema';

/** A resolved recipe, changed by the given top-level entries. */
export function sampleRecipe(changes: Partial<Recipe> = {}): Recipe {
  return {
    name: 'sample',
    task: { type: 'classification', lossWeight: 1, labelSmoothing: 0 },
    data: {
      source: { format: 'fashion-mnist' },
      train: {},
      validation: { fraction: 0.1, splitSeed: 0 },
      augment: [],
    },
    student: { model: 'builtin:resnet8', args: {}, weights: null },
    hooks: [],
    train: {
      epochs: 1,
      batchSize: 64,
      optimizer: { type: 'sgd', lr: 0.1, momentum: 0.9, nesterov: false, weightDecay: 0 },
      groups: [],
      schedule: { type: 'constant' },
      accumulate: 1,
      seed: 0,
      checkpointEvery: 1,
    },
    report: { metric: 'accuracy', checkpoint: 'best', test: true },
    ...changes,
  };
}

/** A fresh `.retort` folder; `remove` it after the test. */
export function temporaryRetortFolder(): { readonly folder: string; remove(): void } {
  const parent = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'retort-runs-')));
  return {
    folder: path.join(parent, '.retort'),
    remove: () => fs.rmSync(parent, { recursive: true, force: true }),
  };
}

/** Runs statements (in an async function, with `runs` = everything in src/runs used by tests) in a process of its own. */
export function startProcess(statements: string, environment: NodeJS.ProcessEnv = {}): ChildProcess {
  const modules = ['folder', 'run-lock', 'lock', 'writer', 'checkpoints', 'processes', 'requests'];
  const source = `
    const runs = Object.assign({}, ${modules.map((name) => `require('./src/runs/${name}.ts')`).join(', ')});
    (async () => { ${statements} })().catch((error) => { console.error(error); process.exit(1); });`;
  return spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', source], {
    cwd: path.join(__dirname, '../..'),
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

/** Waits for the process's end; gives what it printed, and the signal that ended it if one did. */
export async function endOf(
  child: ChildProcess,
): Promise<{ printed: string; code: number | null; signal: string | null }> {
  let printed = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { printed: printed.trim(), code, signal };
}

/** The next line that a process prints. */
export async function nextLine(child: ChildProcess): Promise<string> {
  let printed = '';
  for await (const text of child.stdout!.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    printed += text.toString('utf8');
    if (printed.includes('\n')) return printed.slice(0, printed.indexOf('\n'));
  }
  throw new Error('The process ended without a line');
}
