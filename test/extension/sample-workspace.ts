import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { writeJsonAtomic } from '../../src/common/files';
import { loadRecipe } from '../../src/launch/recipes';
import { createRun, listRunIds, openRun, readInfo, type RunFolder } from '../../src/runs/folder';
import { acquireRunLock } from '../../src/runs/run-lock';
import { signalRun } from '../../src/runs/signal';
import { RunWriter } from '../../src/runs/writer';
import { writeTinyData } from '../integration/tiny-workspace';

const FIXTURE = path.join(__dirname, '../fixtures/workspace');
const STEPS_PER_EPOCH = 100;
const TEACHER_ACCURACY = 0.93;

/** What a made run's curves look like: closed forms that rise to `accuracy`. */
interface Made {
  readonly recipe: string;
  readonly seed: number;
  readonly accuracy: number;
  readonly set?: readonly string[];
  /** Epochs done; less than the recipe's: the process was killed there. */
  readonly epochs?: number;
}

/**
 * A fresh copy of the fixture's project with a data set to learn and runs that have ended: a teacher, the student
 * alone and by `kd+tat` with two seeds each, and a run whose process is gone in the middle. Their figures are made up.
 */
export async function makeSampleWorkspace(workspace = temporaryFolder()): Promise<string> {
  fs.cpSync(FIXTURE, workspace, { recursive: true });
  writeTinyData(path.join(workspace, 'data'));
  fs.mkdirSync(path.join(workspace, '.retort'));
  const teacher = await makeRun(workspace, { recipe: 'teacher', seed: 0, accuracy: TEACHER_ACCURACY });
  const set = [`teacher.weights=run:${teacher.id}/best`];
  await makeRun(workspace, { recipe: 'alone', seed: 0, accuracy: 0.82 });
  await makeRun(workspace, { recipe: 'alone', seed: 1, accuracy: 0.84 });
  await makeRun(workspace, { recipe: 'kd-tat', seed: 0, accuracy: 0.87, set });
  await makeRun(workspace, { recipe: 'kd-tat', seed: 1, accuracy: 0.88, set });
  await makeRun(workspace, { recipe: 'kd-tat', seed: 2, accuracy: 0.87, set, epochs: 3 });
  return workspace;
}

function temporaryFolder(): string {
  return fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'retort-workspace-')));
}

/** Ends what still runs there, as runs outlive the window that started them, and removes the workspace. */
export async function removeWorkspace(workspace: string): Promise<void> {
  const retortFolder = path.join(workspace, '.retort');
  for (const id of await listRunIds(retortFolder).catch(() => [])) {
    const run = await openRun(retortFolder, id);
    // Refused where the run has ended, or was never this machine's.
    await signalRun(run, 'SIGKILL').catch(() => undefined);
  }
  fs.rmSync(workspace, { recursive: true, force: true, maxRetries: 5 });
}

async function makeRun(workspace: string, made: Made): Promise<RunFolder> {
  const file = path.join(workspace, 'recipes', `${made.recipe}.distill.json`);
  const { recipe, retortFolder } = loadRecipe(
    file,
    [`train.seed=${made.seed}`, ...(made.set ?? [])],
    workspace,
  );
  const epochs = made.epochs ?? recipe.train.epochs;
  const run = await createRun(retortFolder, recipe);
  const lock = await acquireRunLock(run);
  const writer = await RunWriter.open(lock, { state: 'running', startedAt: new Date().toISOString() });
  const score = (epoch: number) => ({
    accuracy: curve(made.accuracy, epoch),
    loss: Math.exp(-epoch / 2),
    samples: 40,
  });
  await writer.beginAttempt(0);
  writer.log('Training begins');
  if (recipe.teacher)
    writer.appendMetric({ kind: 'teacher', step: 0, epoch: 0, loss: 0.2, accuracy: TEACHER_ACCURACY });
  for (let step = 10; step <= epochs * STEPS_PER_EPOCH; step += 10) {
    const epoch = step / STEPS_PER_EPOCH;
    const terms: Record<string, number> = { task: Math.exp(-epoch / 2) };
    recipe.hooks.forEach(
      ({ method }, index) => (terms[method === 'tat' ? 'tat@stage2' : method] = terms.task! / (index + 2)),
    );
    writer.appendMetric({
      kind: 'train',
      step,
      epoch,
      loss: Object.values(terms).reduce((sum, term) => sum + term),
      terms,
      accuracy: curve(made.accuracy, epoch) + 0.02 * Math.sin(step),
      lr: 0.01,
      imagesPerSecond: 800 + 50 * Math.cos(step),
      dataWait: 0.01,
    });
    if (step % STEPS_PER_EPOCH === 0)
      writer.appendMetric({ kind: 'validation', step, epoch, ...score(epoch) });
  }
  const last = { step: epochs * STEPS_PER_EPOCH, epoch: epochs, validation: score(epochs) };
  const isDone = epochs === recipe.train.epochs;
  writer.update({
    backend: { requested: 'auto', used: 'wasm', device: 'CPU', note: 'WebAssembly on CPU' },
    progress: {
      ...last,
      steps: recipe.train.epochs * STEPS_PER_EPOCH,
      stepsPerEpoch: STEPS_PER_EPOCH,
      epochs: recipe.train.epochs,
    },
    parameters: { student: 1234, ...(recipe.teacher && { teacher: 45678 }) },
    ...(recipe.teacher && {
      teacher: { validation: { accuracy: TEACHER_ACCURACY, loss: 0.2, samples: 40 } },
    }),
    best: last,
    last,
    seconds: 10 * epochs,
    ...(isDone && { state: 'done', endedAt: new Date().toISOString(), test: score(epochs) }),
  });
  writer.close();
  lock.release();
  if (!isDone) await loseProcess(run);
  return run;
}

/** Makes the process that wrote a run another one, which is gone: it has this one's number but not its start. */
async function loseProcess(run: RunFolder): Promise<void> {
  const info = await readInfo(run);
  writeJsonAtomic(path.join(run.folder, 'run.json'), { ...info, process: { ...info.process, started: '1' } });
}

function curve(limit: number, epoch: number): number {
  return limit - (limit - 0.25) * Math.exp(-epoch);
}
