import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../../data/batch';
import type { Recipe } from '../../recipe/schema';
import type { Model } from '../models/model';
import { restoreWeights } from '../models/weights';
import { withSeededRandom } from '../random';
import { classificationLoss } from '../tasks/classification-loss';
import { ActivationReader, LOGITS, type Activations } from './activations';
import { clipGradients } from './clip';
import { ExponentialMovingAverage } from './ema';
import { assignGroups } from './groups';
import { HookCall } from './hook-call';
import { byPlace, type HookTerm } from './hook-term';
import { createOptimizer, type Optimizer } from './optimizer';
import { hookFactor, learningRate, type Place } from './schedule';

/** What one optimizer step did; losses are weighted and add up to `loss`. */
export interface StepResult {
  readonly loss: number;
  readonly terms: Readonly<Record<string, number>>;
  /** Share of the training images that the student got right, before the step. */
  readonly accuracy: number;
  readonly lr: number;
}

/** A loss that is not a finite number any more. */
export class DivergedError extends Error {
  /**
   * @param step the step that could not be made, counted from 1
   * @param advice what to go back to, if known
   */
  constructor(
    readonly step: number,
    readonly term: string,
    readonly value: number,
    advice = '',
  ) {
    super(
      `The loss term "${term}" became ${value} at step ${step}; try a lower learning rate or weight${advice}`,
    );
  }
}

export interface TrainerSettings {
  readonly recipe: Pick<Recipe, 'task' | 'train'>;
  readonly student: Model;
  readonly teacher?: Model | undefined;
  readonly hooks: readonly HookTerm[];
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
}

/**
 * Everything that changes while a student learns, and the step that changes it. One teacher pass a batch,
 * whatever the number of hooks. Randomness inside a step (dropout) depends on the seed and the step alone.
 */
export class Trainer {
  /** Finished optimizer steps. */
  steps = 0;
  readonly ema: ExponentialMovingAverage | undefined;
  private readonly parameters: ReadonlyMap<string, tf.Variable>;
  private readonly optimizer: Optimizer;
  private readonly studentReader: ActivationReader;
  private readonly teacherReader: ActivationReader | undefined;

  constructor(private readonly settings: TrainerSettings) {
    const { recipe, student, teacher, hooks } = settings;
    this.parameters = trainableParameters(student, hooks);
    this.optimizer = createOptimizer(
      recipe.train.optimizer,
      assignGroups(this.parameters, recipe.train.groups, recipe.train.optimizer.weightDecay),
    );
    this.studentReader = new ActivationReader(student, [
      LOGITS,
      ...hooks.flatMap((hook) => hook.student.map(({ id }) => id)),
    ]);
    if (teacher && hooks.length > 0) {
      this.teacherReader = new ActivationReader(
        teacher,
        hooks.flatMap(({ method, teacher: layers }) => [
          ...layers.map(({ id }) => id),
          ...(method.needs.includes('logits') ? [LOGITS] : []),
        ]),
      );
    }
    if (recipe.train.ema) this.ema = new ExponentialMovingAverage(student.weights, recipe.train.ema.decay);
  }

  /** Where training stands, for schedules. */
  get place(): Place {
    const { stepsPerEpoch, totalSteps } = this.settings;
    return { step: this.steps, stepsPerEpoch, totalSteps };
  }

  /** One optimizer step on the averaged gradients of `batches`. Throws `DivergedError`, leaving the weights as they were. */
  async step(batches: readonly Batch[]): Promise<StepResult> {
    const { train } = this.settings.recipe;
    const lr = learningRate(train.schedule, train.optimizer.lr, this.place);
    const passes = batches.map((batch, index) => this.pass(batch, index));
    try {
      const result = average(await Promise.all(passes.map((pass) => readReport(pass))));
      for (const [term, value] of [...Object.entries(result.terms), ['total', result.loss] as const]) {
        if (!Number.isFinite(value)) throw new DivergedError(this.steps + 1, term, value);
      }
      // Before the optimizer changes the weights that the losses were computed with.
      for (const { calls } of passes) for (const call of calls) call.remember();
      tf.tidy(() => {
        const gradients = averageGradients(passes.map((pass) => pass.gradients));
        this.optimizer.step(train.clip ? clipGradients(gradients, train.clip) : gradients, lr);
      });
      this.steps += 1;
      this.ema?.update(this.steps);
      return { ...result, lr };
    } finally {
      for (const pass of passes) {
        tf.dispose([pass.reported, pass.gradients]);
        for (const call of pass.calls) call.dispose();
      }
    }
  }

  /** All tensors that training needs to go on, by name; clones, to be disposed by the caller. */
  capture(): Record<string, tf.Tensor> {
    const tensors: Record<string, tf.Tensor> = {};
    for (const [name, weight] of this.settings.student.weights) {
      tensors[`student/${name}`] = weight.read().clone();
    }
    for (const hook of this.settings.hooks) {
      for (const [name, weight] of Object.entries(hook.method.weights)) {
        tensors[`hooks/${hook.name}/${name}`] = weight.clone();
      }
    }
    for (const [name, value] of Object.entries(this.optimizer.state())) {
      tensors[`optimizer/${name}`] = value.clone();
    }
    for (const [name, value] of Object.entries(this.ema?.state() ?? {}))
      tensors[`ema/${name}`] = value.clone();
    return tensors;
  }

  /** Goes back to what `capture` gave after `steps` steps. */
  async restore(tensors: Record<string, tf.Tensor>, steps: number): Promise<void> {
    const part = (prefix: string): Record<string, tf.Tensor> =>
      Object.fromEntries(
        Object.entries(tensors)
          .filter(([name]) => name.startsWith(prefix))
          .map(([name, value]) => [name.slice(prefix.length), value]),
      );
    restoreWeights(this.settings.student, part('student/'));
    for (const hook of this.settings.hooks) hook.method.setWeights(part(`hooks/${hook.name}/`));
    await this.optimizer.setState(part('optimizer/'));
    this.ema?.setState(part('ema/'));
    this.steps = steps;
  }

  dispose(): void {
    this.optimizer.dispose();
    this.ema?.dispose();
    for (const hook of this.settings.hooks) hook.method.dispose();
  }

  /** Forward and backward over one batch. */
  private pass(batch: Batch, index: number): Pass {
    const seed = `${this.settings.recipe.train.seed}/step/${this.steps}/${index}`;
    return withSeededRandom(seed, () => {
      let reported: tf.Tensor | undefined;
      const names: string[] = [];
      let calls: HookCall[] = [];
      const { value, grads } = tf.tidy(() => {
        const images = tf.tensor4d(batch.images, [...batch.shape]);
        const labels = tf.tensor1d(batch.labels, 'int32');
        const teacher = this.teacherReader?.read(images, false);
        return tf.variableGrads(() => {
          const student = this.studentReader.read(images, true);
          calls = teacher ? this.calls(batch, labels, { student, teacher }, seed) : [];
          const terms = this.terms(batch, labels, student, calls);
          names.push(...terms.map((term) => term.name));
          const right = student.get(LOGITS)!.argMax(-1).equal(labels).cast('float32').mean();
          reported = tf.keep(tf.stack([...terms.map((term) => term.loss), right]));
          return tf.addN<tf.Scalar>(terms.map((term) => term.loss));
        }, [...this.parameters.values()]);
      });
      value.dispose();
      const gradients: Record<string, tf.Tensor> = {};
      for (const [name, variable] of this.parameters) {
        const gradient = grads[variable.name];
        if (gradient) gradients[name] = gradient;
      }
      return { gradients, names, reported: reported!, calls };
    });
  }

  /** The hooks with what they are given of a batch. */
  private calls(
    batch: Batch,
    labels: tf.Tensor1D,
    { student, teacher }: Readonly<Record<'student' | 'teacher', Activations>>,
    seed: string,
  ): HookCall[] {
    const sampleIds = tf.tensor1d(batch.sampleIds, 'int32');
    return this.settings.hooks.map((hook) => {
      const logits = hook.method.needs.includes('logits') && {
        student: student.get(LOGITS) as tf.Tensor2D,
        teacher: teacher.get(LOGITS) as tf.Tensor2D,
      };
      const inputs = {
        student: byPlace(hook.student.map(({ id }) => student.get(id)!)),
        teacher: byPlace(hook.teacher.map(({ id }) => teacher.get(id)!)),
        labels,
        sampleIds,
        ...(logits && { logits }),
      };
      return new HookCall(hook, inputs, `${seed}/${hook.name}`);
    });
  }

  /** The weighted terms of the loss. A term of weight 0 is still reported. */
  private terms(
    batch: Batch,
    labels: tf.Tensor1D,
    student: Activations,
    calls: readonly HookCall[],
  ): { name: string; loss: tf.Scalar }[] {
    const { task } = this.settings.recipe;
    const mixed = batch.mixed && {
      labels: tf.tensor1d(batch.mixed.labels, 'int32'),
      lambda: tf.tensor1d(batch.mixed.lambda),
    };
    const taskLoss = classificationLoss(student.get(LOGITS) as tf.Tensor2D, labels, {
      labelSmoothing: task.labelSmoothing,
      ...(mixed && { mixed }),
    });
    const hookTerms = calls.map((call) => {
      const { name, weight, schedule } = call.hook;
      return { name, loss: call.loss().mul<tf.Scalar>(weight * hookFactor(schedule, this.place)) };
    });
    return [{ name: 'task', loss: taskLoss.mul<tf.Scalar>(task.lossWeight) }, ...hookTerms];
  }
}

type Report = Omit<StepResult, 'lr'>;

/** What one forward and backward pass leaves on the device. */
interface Pass {
  readonly gradients: Record<string, tf.Tensor>;
  /** Of the weighted terms. */
  readonly names: readonly string[];
  /** The terms in the order of the names, then the accuracy. */
  readonly reported: tf.Tensor;
  /** Of the hooks, which remember once the step is known to be good. */
  readonly calls: readonly HookCall[];
}

/** Reads a pass's numbers; WebGPU gives none synchronously. */
async function readReport({ names, reported }: Pass): Promise<Report> {
  const values = [...(await reported.data())];
  const accuracy = values.pop()!;
  return {
    loss: values.reduce((sum, term) => sum + term, 0),
    terms: Object.fromEntries(names.map((name, position) => [name, values[position]!])),
    accuracy,
  };
}

/** What the optimizer changes: the student's trainable weights and those of the hooks' methods, by stable name. */
function trainableParameters(student: Model, hooks: readonly HookTerm[]): ReadonlyMap<string, tf.Variable> {
  const parameters = new Map<string, tf.Variable>();
  for (const [name, weight] of student.weights) {
    if (weight.trainable) parameters.set(name, weight.variable);
  }
  for (const hook of hooks) {
    for (const [name, weight] of Object.entries(hook.method.weights)) {
      if (weight.trainable) parameters.set(`hooks/${hook.name}/${name}`, weight);
    }
  }
  return parameters;
}

function average(reports: readonly Report[]): Report {
  const mean = (read: (report: Report) => number): number =>
    reports.reduce((sum, report) => sum + read(report), 0) / reports.length;
  const names = Object.keys(reports[0]!.terms);
  return {
    loss: mean((report) => report.loss),
    terms: Object.fromEntries(names.map((name) => [name, mean((report) => report.terms[name]!)])),
    accuracy: mean((report) => report.accuracy),
  };
}

function averageGradients(passes: readonly Record<string, tf.Tensor>[]): Record<string, tf.Tensor> {
  if (passes.length === 1) return passes[0]!;
  return Object.fromEntries(
    Object.keys(passes[0]!).map((name) => [
      name,
      tf.addN(passes.map((gradients) => gradients[name]!)).div(passes.length),
    ]),
  );
}
