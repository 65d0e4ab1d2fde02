import { setImmediate } from 'node:timers/promises';
import type { Batch, BatchSource } from '../data/batch';
import type { Score } from '../engine/tasks/classification';
import { decodeTensors, encodeTensors } from '../engine/train/snapshot';
import { DivergedError, Trainer } from '../engine/train/trainer';
import type { CheckpointStore } from '../runs/checkpoints';
import { checked } from '../runs/inside';
import type { Requests } from '../runs/requests';
import type { RunInfo } from '../runs/types';
import type { RunWriter } from '../runs/writer';
import { evaluateSplit } from './evaluate';
import type { Prepared } from './prepare';
import { TrainingState } from './progress';
import { tensorFiles } from './references';
import { MetricWindow } from './window';

/** Steps that are averaged into one train line. */
const STEPS_PER_LINE = 10;

/** What training tells and asks while it runs. */
export interface TrainingHost {
  readonly writer: RunWriter;
  readonly checkpoints: CheckpointStore;
  /** Told the number of finished steps; the heartbeat writes it. */
  onStep(step: number): void;
  /** What has been asked for since the last call. */
  takeRequests(): Requests;
  /** A line for people: what happened at which epoch. */
  log(text: string): void;
}

type Reached = NonNullable<RunInfo['best']>;

/** The training of one run, from wherever its last checkpoint left it, to its end or a stop. */
export class RunTraining {
  readonly trainer: Trainer;
  private readonly window = new MetricWindow();
  private readonly source: BatchSource;
  private best: Reached | undefined;
  private last: Reached | undefined;
  private secondsBefore = 0;
  private startedAt = performance.now();

  constructor(
    private readonly prepared: Prepared,
    private readonly host: TrainingHost,
  ) {
    const { recipe, student, teacher, hooks, plan, data } = prepared;
    this.trainer = new Trainer({ recipe, student, teacher, hooks, ...plan });
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
    const result = await this.trainer.step(batches);
    const images = batches.reduce((sum, batch) => sum + batch.labels.length, 0);
    this.window.add(result, images, this.source.takeWaitedMs());
    this.host.onStep(this.trainer.steps);
    if (this.trainer.steps % STEPS_PER_LINE === 0 || this.isEvaluationDue()) this.writeLine(result.lr);
  }

  /** Evaluation, checkpoints and requests; true if training is to stop here. */
  private async afterStep(): Promise<boolean> {
    const { plan } = this.prepared;
    // Let signals, timers and the loader's messages in: a step blocks the event loop.
    await setImmediate();
    const { stop, checkpoint } = this.host.takeRequests();
    return this.window.pause(async () => {
      const improved = this.isEvaluationDue() && (await this.evaluate());
      const atEnd = this.trainer.steps === plan.totalSteps;
      const due = this.trainer.steps % plan.checkpointEvery === 0 || atEnd;
      if (due || improved || stop || checkpoint) {
        await this.checkpoint({ requested: checkpoint });
      }
      return stop && !atEnd;
    });
  }

  private isEvaluationDue(): boolean {
    const { stepsPerEpoch, totalSteps } = this.prepared.plan;
    return this.trainer.steps % stepsPerEpoch === 0 || this.trainer.steps === totalSteps;
  }

  private writeLine(lr: number): void {
    const averages = this.window.take();
    if (!averages) return;
    this.host.writer.appendMetric({
      kind: 'train',
      step: this.trainer.steps,
      epoch: this.epoch,
      ...averages,
      lr,
    });
  }

  /** Evaluates on the validation split, if there is one; true if it is the best so far. */
  private async evaluate(): Promise<boolean> {
    const { data } = this.prepared;
    if (data.info.samples.validation === 0) return false;
    const validation = await this.withEvaluatedWeights(() =>
      evaluateSplit(this.prepared.student, data, 'validation', () => setImmediate()),
    );
    this.last = { step: this.trainer.steps, epoch: this.epoch, validation };
    const improved = isBetter(validation, this.best?.validation);
    if (improved) this.best = this.last;
    this.host.writer.appendMetric({
      kind: 'validation',
      step: this.trainer.steps,
      epoch: this.epoch,
      loss: validation.loss,
      accuracy: validation.accuracy,
    });
    this.report();
    return improved;
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
