import * as path from 'node:path';
import { readFileSync } from 'node:fs';
import { backendChoice } from '../backends';
import { InputError } from '../common/errors';
import { packageRoot } from '../common/files';
import { retortHome } from '../common/home';
import { ready } from '../engine/backends';
import type { BackendName } from '../engine/backends/report';
import { exportModel } from '../engine/models/export';
import { restoreWeights } from '../engine/models/weights';
import type { Score } from '../engine/tasks/classification';
import { DivergedError } from '../engine/train/trainer';
import { CheckpointStore } from '../runs/checkpoints';
import { type DeviceSlot, waitForDevice } from '../runs/device-queue';
import { readRecipe, type RunFolder } from '../runs/folder';
import type { Recipe } from '../recipe/schema';
import { writePredictions } from '../runs/predictions';
import type { Requests } from '../runs/requests';
import type { RunInfo, WrittenState } from '../runs/types';
import type { RunWriter } from '../runs/writer';
import { describeCommit } from './commit';
import { evaluateSplit } from './evaluate';
import { prepare, type Prepared } from './prepare';
import { factsOf } from './facts';
import { PredictionRecorder } from './prediction-recorder';
import { readRunWeights } from './references';
import { adviseOnDivergence, RunTraining } from './train-run';
import { chanceWarning, weakTeacherWarning } from './warnings';

/** What `executeRun` works with; the process around it owns lock, heartbeat and signals. */
export interface RunHost {
  readonly run: RunFolder;
  readonly writer: RunWriter;
  onStep(step: number): void;
  takeRequests(): Requests;
}

/** Executes the recipe of a run, from its last checkpoint if it has one. Throws for every way to fail. */
export async function executeRun(host: RunHost): Promise<Extract<WrittenState, 'done' | 'stopped'>> {
  const { run, writer } = host;
  const workspace = path.dirname(run.retortFolder);
  const recipe = await readRecipe(run);
  const commit = await describeCommit(workspace);
  const requested = backendChoice(writer.info.requestedBackend);
  const backend = await ready(requested);
  writer.update({
    backend: { requested, used: backend.name, device: backend.device, note: backend.note },
    versions: { retort: ownVersion(), node: process.versions.node, ...backend.versions },
    ...(commit !== undefined && { commit }),
  });
  writer.log(backend.note);
  const slot = await waitForTurn(backend.name, host);
  if (slot === undefined) return 'stopped';
  try {
    return await prepareAndTrain(recipe, workspace, host);
  } finally {
    await slot.release();
  }
}

/** Waits, in state `queued`, until the device is free; undefined if a stop was asked for meanwhile. */
async function waitForTurn(backend: BackendName, host: RunHost): Promise<DeviceSlot | undefined> {
  const { writer } = host;
  const stop = new AbortController();
  const device = backend === 'tensorflow-gpu' || backend === 'webgpu' ? 'gpu' : 'cpu';
  const onWaiting = (ahead: number): void => {
    if (host.takeRequests().stop) return stop.abort();
    if (writer.info.state === 'queued') return;
    writer.update({ state: 'queued' });
    writer.log(`Waiting for the ${device}: ${ahead} ${ahead === 1 ? 'run is' : 'runs are'} ahead.`);
  };
  try {
    return await waitForDevice(device, host.run.folder, { onWaiting, signal: stop.signal });
  } catch (error) {
    if (stop.signal.aborted) return undefined;
    throw error;
  } finally {
    if (writer.info.state === 'queued') writer.update({ state: 'starting' });
  }
}

async function prepareAndTrain(
  recipe: Recipe,
  workspace: string,
  host: RunHost,
): Promise<Extract<WrittenState, 'done' | 'stopped'>> {
  const { run, writer } = host;
  const prepared = await prepare(recipe, {
    workspace,
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

async function trainPrepared(
  prepared: Prepared,
  host: RunHost,
): Promise<Extract<WrittenState, 'done' | 'stopped'>> {
  const { run, writer } = host;
  const checkpoints = new CheckpointStore(run);
  const training = new RunTraining(prepared, {
    writer,
    checkpoints,
    onStep: (step) => host.onStep(step),
    takeRequests: () => host.takeRequests(),
  });
  const { plan, recipe, teacher } = prepared;
  const isResumed = (await checkpoints.list()).length > 0;
  const from = isResumed ? await training.resume() : { step: 0, warnings: [] };
  await writer.beginAttempt(from.step);
  for (const warning of from.warnings) warn(writer, warning);
  for (const { name, adapter } of prepared.hooks) {
    if (adapter !== undefined) writer.log(`${name}: adapter in front of the method: ${adapter}.`);
  }
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
  if (teacher && !writer.info.teacher) await measureTeacher(prepared, writer);
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

/** The teacher on the validation split, before the first step: what it has to teach. */
async function measureTeacher(
  { teacher, student, data, recipe }: Prepared,
  writer: RunWriter,
): Promise<void> {
  if (!teacher || data.info.samples.validation === 0) return;
  const recorder = new PredictionRecorder(data.info, 0);
  const validation = await evaluateSplit(teacher, data, 'validation', (batch, predictions) =>
    recorder.add(batch, predictions),
  );
  await writePredictions(writer.run, 'teacher', recorder.finish({ step: 0, epoch: 0 }));
  writer.update({ teacher: { validation } });
  writer.appendMetric({ kind: 'teacher', step: 0, epoch: 0, ...lossAndAccuracy(validation) });
  const chance = chanceWarning(validation, data.info.classNames.length);
  if (chance !== undefined) warn(writer, chance);
  if (recipe.student.weights === null) return;
  const weak = weakTeacherWarning(validation, await evaluateSplit(student, data, 'validation'));
  if (weak !== undefined) warn(writer, weak);
}

/** After the last step: the weights that the recipe reports, tested once and exported. */
async function finish(prepared: Prepared, training: RunTraining, { run, writer }: RunHost): Promise<void> {
  const { recipe, student, teacher, data } = prepared;
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
    const teacherTest = teacher && (await evaluateSplit(teacher, data, 'test'));
    writer.update({
      test,
      ...(teacherTest && { teacher: { ...writer.info.teacher, test: teacherTest } }),
    });
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
