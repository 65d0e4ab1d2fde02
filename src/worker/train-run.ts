import { setImmediate } from 'node:timers/promises';
import type { Batch, BatchSource } from '../data/batch';
import { deviceMemory } from '../engine/device-memory';
import type { Score } from '../engine/tasks/classification';
import { DivergedError } from '../engine/train/diverged-error';
import { FeatureComparison } from '../engine/train/feature-comparison';
import { decodeTensors, encodeTensors } from '../engine/train/snapshot';
import { Trainer } from '../engine/train/trainer';
import type { CheckpointStore } from '../runs/checkpoints';
import { checked } from '../runs/inside';
import { writePredictions } from '../runs/predictions';
import type { Requests } from '../runs/requests';
import type { HookFigures, RunInfo } from '../runs/types';
import type { RunWriter } from '../runs/writer';
import { evaluateSplit } from './evaluate';
import { HookWindow } from './hook-window';
import { PredictionRecorder } from './prediction-recorder';
import type { Prepared } from './prepare';
import { TrainingState } from './progress';
import { tensorFiles } from './references';
import { recordTeachers, scoreLearningTeachers } from './teachers';
import { MetricWindow } from './window';

/** Steps that are averaged into one train line. */
const STEPS_PER_LINE = 10;

/** Of the validation samples that a student does worst on, so many are kept as pictures. */
const PICTURES = 64;

/** Validation images that features are compared on. */
const COMPARED_IMAGES = 128;

/** What training tells and asks while it runs. */
export interface TrainingHost {
  readonly writer: RunWriter;
  readonly checkpoints: CheckpointStore;
  /** Told the number of finished steps; the heartbeat writes it. */
  onStep(step: number): void;
  /** What has been asked for since the last call. */
  takeRequests(): Requests;
}

type Reached = NonNullable<RunInfo['best']>;

/** The training of one run, from wherever its last checkpoint left it, to its end or a stop. */
export class RunTraining {
  readonly trainer: Trainer;
  private readonly window = new MetricWindow();
  private readonly hookWindow = new HookWindow();
  private comparison: FeatureComparison | undefined;
  private readonly source: BatchSource;
  private best: Reached | undefined;
  private last: Reached | undefined;
  private secondsBefore = 0;
  private startedAt = performance.now();

  constructor(
    private readonly prepared: Prepared,
    private readonly host: TrainingHost,
  ) {
    const { recipe, student, teachers, hooks, plan, data } = prepared;
    this.trainer = new Trainer({ recipe, student, teachers, hooks, ...plan });
    this.source = data.batches({ split: 'train', ...recipe.train });
  }

  /** Goes back to the last good checkpoint; gives its step, and a sentence for each damaged one. */
  async resume(): Promise<{ readonly step: number; readonly warnings: readonly string[] }> {
    const { step, files, warnings } = await this.host.checkpoints.read('last');
    const state = checked(
      TrainingState,
      JSON.parse(Buffer.from(files['state.json'] ?? 'null').toString('utf8')),
      `state.json of the checkpoint of step ${step}`,
    );
    const tensors = decodeTensors(tensorFiles(files));
    await this.trainer.restore(tensors, state.step);
    for (const tensor of Object.values(tensors)) tensor.dispose();
    this.window.restore(state.window);
    this.hookWindow.restore(state.hooks ?? {});
    this.best = state.best;
    this.last = state.last;
    this.secondsBefore = state.seconds;
    return { step: state.step, warnings };
  }

  /** Trains to the end (`done`) or until a stop is asked for (`stopped`), with a checkpoint in either case. */
  async run(): Promise<'done' | 'stopped'> {
    const { plan } = this.prepared;
    this.startedAt = performance.now();
    this.host.onStep(this.trainer.steps);
    this.logStage();
    if (this.trainer.steps === 0) await this.checkpoint({ requested: false });
    while (this.trainer.steps < plan.totalSteps) {
      await this.step();
      if (await this.afterStep()) return 'stopped';
    }
    return 'done';
  }

  get reached(): { readonly best: Reached | undefined; readonly last: Reached | undefined } {
    return { best: this.best, last: this.last };
  }

  get seconds(): number {
    return this.secondsBefore + (performance.now() - this.startedAt) / 1000;
  }

  dispose(): void {
    this.trainer.dispose();
  }

  private get epoch(): number {
    return this.trainer.steps / this.prepared.plan.stepsPerEpoch;
  }

  private async step(): Promise<void> {
    const { stepsPerEpoch } = this.prepared.plan;
    const { accumulate } = this.prepared.recipe.train;
    const epoch = Math.floor(this.trainer.steps / stepsPerEpoch);
    const first = (this.trainer.steps % stepsPerEpoch) * accumulate;
    const batches: Batch[] = [];
    for (let index = first; index < first + accumulate; index++) {
      batches.push(await this.source.next(epoch, index));
    }
    const weights = this.trainer.hookWeights;
    const result = await this.trainer.step(batches);
    this.hookWindow.add(result.terms, weights);
    const images = batches.reduce((sum, batch) => sum + batch.labels.length, 0);
    this.window.add(result, images, this.source.takeWaitedMs());
    this.host.onStep(this.trainer.steps);
    const begins = this.trainer.currentStage.first === this.trainer.steps;
    // A line is about one stage: the next may have other terms.
    if (this.trainer.steps % STEPS_PER_LINE === 0 || this.isEvaluationDue() || begins) {
      this.writeLine(result.lr);
    }
    if (begins) this.logStage();
  }

  /** Evaluation, checkpoints and requests; true if training is to stop here. */
  private async afterStep(): Promise<boolean> {
    const { plan } = this.prepared;
    // Let signals, timers and the loader's messages in: a step blocks the event loop.
    await setImmediate();
    const requests = this.host.takeRequests();
    if (requests.stopAfterEpoch) this.stopAfterThisEpoch();
    return this.window.pause(async () => {
      const { checkpoint } = requests;
      const stop = requests.stop || this.isStopDue();
      const improved = this.isEvaluationDue() && (await this.evaluate());
      const atEnd = this.trainer.steps === plan.totalSteps;
      const due = this.trainer.steps % plan.checkpointEvery === 0 || atEnd;
      if (due || improved || stop || checkpoint) {
        await this.checkpoint({ requested: checkpoint });
      }
      return stop && !atEnd;
    });
  }

  private stopAfterThisEpoch(): void {
    const { writer } = this.host;
    const epoch = Math.ceil(this.epoch);
    if (writer.info.stopAfterEpoch === epoch) return;
    writer.update({ stopAfterEpoch: epoch });
    writer.log(`Stopping after epoch ${epoch}, as asked.`);
  }

  private isStopDue(): boolean {
    const { stopAfterEpoch } = this.host.writer.info;
    return stopAfterEpoch !== undefined && this.epoch >= stopAfterEpoch;
  }

  private isEvaluationDue(): boolean {
    const { stepsPerEpoch, totalSteps } = this.prepared.plan;
    return this.trainer.steps % stepsPerEpoch === 0 || this.trainer.steps === totalSteps;
  }

  /** In the log: what begins now. Nothing where the recipe names no stages. */
  private logStage(): void {
    const { stages } = this.prepared.recipe.train;
    if (stages === undefined) return;
    const { index, name, first, end } = this.trainer.currentStage;
    const title = name === undefined ? '' : `, ${name}`;
    this.host.writer.log(`Stage ${index + 1} of ${stages.length}${title}: steps ${first + 1} to ${end}.`);
  }

  private writeLine(lr: number): void {
    const averages = this.window.take();
    if (!averages) return;
    const device = deviceMemory();
    const isStaged = this.prepared.recipe.train.stages !== undefined;
    this.host.writer.appendMetric({
      kind: 'train',
      step: this.trainer.steps,
      epoch: this.epoch,
      ...(isStaged && { stage: this.trainer.lastStage.index }),
      ...averages,
      lr,
      memory: {
        resident: process.memoryUsage.rss(),
        ...(device !== undefined && { device }),
      },
    });
  }

  /** Evaluates on the validation split, if there is one; true if it is the best so far. */
  private async evaluate(): Promise<boolean> {
    const { data, student } = this.prepared;
    if (data.info.samples.validation === 0) return false;
    const recorder = new PredictionRecorder(data.info, PICTURES);
    const peers = await scoreLearningTeachers(this.prepared, 'validation');
    const { validation, hooks } = await this.withEvaluatedWeights(async () => ({
      validation: await evaluateSplit(student, data, 'validation', (batch, predictions) => {
        recorder.add(batch, predictions);
        return setImmediate();
      }),
      hooks: await this.examineHooks(),
    }));
    this.last = { step: this.trainer.steps, epoch: this.epoch, validation };
    // While a method learns beforehand the student stays what it was: nothing that training has reached.
    const improved = !this.trainer.lastStage.pretrain && isBetter(validation, this.best?.validation);
    if (improved) this.best = this.last;
    this.host.writer.appendMetric({
      kind: 'validation',
      step: this.trainer.steps,
      epoch: this.epoch,
      loss: validation.loss,
      accuracy: validation.accuracy,
    });
    recordTeachers(this.host.writer, 'validation', peers, { step: this.trainer.steps, epoch: this.epoch });
    if (hooks) {
      this.host.writer.appendMetric({ kind: 'hooks', step: this.trainer.steps, epoch: this.epoch, hooks });
    }
    const predictions = recorder.finish(this.last);
    const names = improved ? (['last', 'best'] as const) : (['last'] as const);
    for (const name of names) await writePredictions(this.host.writer.run, name, predictions);
    this.report();
    return improved;
  }

  /** How each hook stands now; undefined where there is none. */
  private async examineHooks(): Promise<Record<string, HookFigures> | undefined> {
    const { data, hooks, student, teachers } = this.prepared;
    if (hooks.length === 0) return undefined;
    if (!this.comparison) {
      const source = data.batches({ split: 'validation', batchSize: COMPARED_IMAGES, training: false });
      this.comparison = new FeatureComparison(hooks, { student, teachers }, await source.next(0, 0));
      await source.close();
    }
    const similarities = await this.comparison.measure();
    const losses = this.hookWindow.take();
    const weights = Object.entries(this.trainer.reachedHookWeights);
    return Object.fromEntries(
      weights.map(([name, weight]) => [name, { weight, loss: losses[name] ?? null, ...similarities[name] }]),
    );
  }

  /** Runs something with the weights that count: the moving averages where the recipe keeps them. */
  async withEvaluatedWeights<T>(work: () => Promise<T>): Promise<T> {
    const { ema } = this.trainer;
    ema?.apply();
    try {
      return await work();
    } finally {
      ema?.restore();
    }
  }

  private async checkpoint({ requested }: { requested: boolean }): Promise<void> {
    const state: TrainingState = {
      version: 1,
      step: this.trainer.steps,
      seconds: this.seconds,
      window: this.window.capture(),
      hooks: this.hookWindow.capture(),
      ...(this.best && { best: this.best }),
      ...(this.last && { last: this.last }),
    };
    // Metrics first: a checkpoint must never be ahead of its lines.
    this.host.writer.flush();
    await this.host.checkpoints.write(
      this.trainer.steps,
      { ...(await encodeTensors(this.trainer.capture())), 'state.json': Buffer.from(JSON.stringify(state)) },
      { best: this.best !== undefined && this.best.step === this.trainer.steps, requested },
    );
    this.report();
  }

  private report(): void {
    const { plan, recipe } = this.prepared;
    this.host.writer.update({
      seconds: this.seconds,
      progress: {
        step: this.trainer.steps,
        steps: plan.totalSteps,
        stepsPerEpoch: plan.stepsPerEpoch,
        epochs: recipe.train.epochs,
      },
      ...(this.best && { best: this.best }),
      ...(this.last && { last: this.last }),
    });
  }
}

/** Higher accuracy; the first of equals stays. */
function isBetter(score: Score, than: { readonly accuracy: number } | undefined): boolean {
  return than === undefined || score.accuracy > than.accuracy;
}

/** The same error with what to go back to. */
export async function adviseOnDivergence(
  { step, term, value }: DivergedError,
  store: CheckpointStore,
): Promise<DivergedError> {
  const last = (await store.list()).at(-1);
  const advice = last ? `; the last good checkpoint is that of step ${last.step}` : '';
  return new DivergedError(step, term, value, advice);
}
