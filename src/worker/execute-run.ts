import * as path from 'node:path';
import { readFileSync } from 'node:fs';
import type { BackendChoice } from '../backends';
import { InputError } from '../common/errors';
import { packageRoot } from '../common/files';
import { retortHome } from '../common/home';
import { ready } from '../engine/backends';
import type { BackendName } from '../engine/backends/report';
import { exportModel } from '../engine/models/export';
import { restoreWeights } from '../engine/models/weights';
import type { Score } from '../engine/tasks/classification';
import { DivergedError } from '../engine/train/diverged-error';
import { describeMixing, mixedBatch } from '../recipe/mixing';
import { CheckpointStore } from '../runs/checkpoints';
import { readRecipe } from '../runs/folder';
import type { RunInfo } from '../runs/types';
import type { RunWriter } from '../runs/writer';
import { describeCommit } from './commit';
import { evaluateSplit } from './evaluate';
import { prepare, type Prepared } from './prepare';
import { factsOf } from './facts';
import type { Ending, RunHost } from './in-turn';
import { readRunWeights } from './references';
import { adviseOnDivergence, RunTraining } from './train-run';
import { measureTeachers, testTeachers } from './teachers';
import { untaughtWarnings } from './warnings';

/** Loads the backend of a run, and writes what does the work. */
export async function startBackend(requested: BackendChoice, writer: RunWriter): Promise<BackendName> {
  const commit = await describeCommit(path.dirname(writer.run.retortFolder));
  const backend = await ready(requested);
  writer.update({
    backend: { requested, used: backend.name, device: backend.device, note: backend.note },
    versions: { retort: ownVersion(), node: process.versions.node, ...backend.versions },
    ...(commit !== undefined && { commit }),
  });
  writer.log(backend.note);
  return backend.name;
}

/** Executes the recipe of a run, from its last checkpoint if it has one. Throws for every way to fail. */
export async function executeRun(host: RunHost): Promise<Ending> {
  const { run, writer } = host;
  const prepared = await prepare(await readRecipe(run), {
    workspace: path.dirname(run.retortFolder),
    retort: run.retortFolder,
    home: retortHome(),
    stage: (name) => writer.log(name),
  });
  try {
    return await trainPrepared(prepared, host);
  } finally {
    await prepared.data.close();
  }
}

async function trainPrepared(prepared: Prepared, host: RunHost): Promise<Ending> {
  const { run, writer } = host;
  const checkpoints = new CheckpointStore(run);
  const training = new RunTraining(prepared, {
    writer,
    checkpoints,
    onStep: (step) => host.onStep(step),
    takeRequests: () => host.takeRequests(),
  });
  const { plan, recipe } = prepared;
  const isResumed = (await checkpoints.list()).length > 0;
  const from = isResumed ? await training.resume() : { step: 0, warnings: [] };
  await writer.beginAttempt(from.step);
  const untaught = isResumed ? [] : untaughtWarnings(prepared);
  for (const warning of [...from.warnings, ...untaught]) warn(writer, warning);
  for (const { name, adapter } of prepared.hooks) {
    if (adapter !== undefined) writer.log(`${name}: adapter in front of the method: ${adapter}.`);
  }
  const mixing = mixedBatch(recipe.train);
  if (mixing) writer.log(`Mixing ${describeMixing(mixing)}.`);
  if (isResumed) writer.log(`Going on from the checkpoint of step ${from.step}.`);
  writer.update({
    state: 'running',
    ...factsOf(prepared),
    progress: {
      step: from.step,
      steps: plan.totalSteps,
      stepsPerEpoch: plan.stepsPerEpoch,
      epochs: recipe.train.epochs,
    },
  });
  for (const warning of await measureTeachers(prepared, writer)) warn(writer, warning);
  try {
    const state = await training.run();
    if (state === 'done') await finish(prepared, training, host);
    return state;
  } catch (error) {
    throw error instanceof DivergedError ? await adviseOnDivergence(error, checkpoints) : error;
  } finally {
    training.dispose();
  }
}

/** After the last step: the weights that the recipe reports, tested once and exported. */
async function finish(prepared: Prepared, training: RunTraining, { run, writer }: RunHost): Promise<void> {
  const { recipe, student, data } = prepared;
  const tensors = await readRunWeights(run.retortFolder, {
    kind: 'run',
    id: run.id,
    checkpoint: recipe.report.checkpoint,
  });
  restoreWeights(student, tensors);
  for (const tensor of Object.values(tensors)) tensor.dispose();
  if (recipe.report.test && data.info.samples.test > 0) {
    const test = await evaluateSplit(student, data, 'test');
    const place = { step: training.trainer.steps, epoch: recipe.train.epochs };
    writer.appendMetric({ kind: 'test', ...place, ...lossAndAccuracy(test) });
    writer.update({ test });
    await testTeachers(prepared, writer);
  }
  await exportModel(student, path.join(run.folder, 'student'), {
    classNames: data.info.classNames,
    normalization: data.info.normalization,
    imageShape: data.info.imageShape,
  });
  writer.update({ seconds: training.seconds });
}

function lossAndAccuracy({ loss, accuracy }: Score): Pick<Score, 'loss' | 'accuracy'> {
  return { loss, accuracy };
}

function warn(writer: RunWriter, warning: string): void {
  writer.log(`Warning: ${warning}`);
  const warnings: NonNullable<RunInfo['warnings']> = writer.info.warnings ?? [];
  writer.update({ warnings: [...warnings, warning] });
}

function ownVersion(): string {
  const manifest = JSON.parse(readFileSync(path.join(packageRoot(), 'package.json'), 'utf8')) as {
    version?: unknown;
  };
  if (typeof manifest.version !== 'string') throw new InputError('package.json has no version');
  return manifest.version;
}
