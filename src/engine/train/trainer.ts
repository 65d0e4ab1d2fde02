import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../../data/batch';
import { groupBy } from '../../common/group-by';
import type { Recipe } from '../../recipe/schema';
import type { Model } from '../models/model';
import { restoreWeights } from '../models/weights';
import { clipGradients } from './clip';
import { DivergedError } from './diverged-error';
import { ExponentialMovingAverage } from './ema';
import type { HookTerm } from './hook-term';
import { type Parameter, parametersOf } from './parameters';
import { passOver, readReport, type Report } from './pass';
import { hookWeight, type PlannedStage, planStages, stageAt } from './stage-plan';
import { StageTraining } from './stage-training';
import { type Cohort, learnersOf, modelsOf, pathOf, type Teachers } from './teachers';

/** What one optimizer step did. */
export interface StepResult extends Report {
  readonly lr: number;
}

export interface TrainerSettings {
  readonly recipe: Pick<Recipe, 'task' | 'train'>;
  readonly student: Model;
  readonly teachers?: Teachers;
  readonly hooks: readonly HookTerm[];
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
}

/**
 * Everything that changes while a student learns, and the step that changes it. One pass of each teacher a batch,
 * whatever the number of hooks. Randomness inside a step (dropout) depends on the seed and the step alone.
 */
export class Trainer {
  readonly ema: ExponentialMovingAverage | undefined;
  private finished = 0;
  private readonly cohort: Cohort;
  private readonly parameters: ReadonlyMap<string, Parameter>;
  readonly stages: readonly PlannedStage[];
  private stage: StageTraining;

  /** Throws `InputError` for groups, stages and globs that do not fit the models. */
  constructor(private readonly settings: TrainerSettings) {
    const { recipe, student, teachers = new Map(), hooks } = settings;
    this.cohort = { student, teachers };
    this.parameters = parametersOf(this.cohort, hooks, recipe.train);
    this.stages = planStages(recipe.train, hooks, student, settings);
    this.stage = this.begin(0);
    if (recipe.train.ema) this.ema = new ExponentialMovingAverage(student.weights, recipe.train.ema.decay);
  }

  /** Finished optimizer steps. */
  get steps(): number {
    return this.finished;
  }

  /** The stage of the next step; after the last step that of the last. */
  get currentStage(): PlannedStage {
    return this.stage.plan;
  }

  /** The stage of the last step; before the first that of the first. */
  get lastStage(): PlannedStage {
    return stageAt(this.stages, Math.max(0, this.finished - 1));
  }

  /** What the losses of the hooks are multiplied with in the next step, by name. */
  get hookWeights(): Record<string, number> {
    return this.weightsIn(this.currentStage);
  }

  /** The same as the last step's stage has reached it: at its end that of its end. */
  get reachedHookWeights(): Record<string, number> {
    return this.weightsIn(this.lastStage);
  }

  /** One optimizer step on the averaged gradients of `batches`. Throws `DivergedError`, leaving the weights as they were. */
  async step(batches: readonly Batch[]): Promise<StepResult> {
    const { task, train } = this.settings.recipe;
    const lr = this.stage.learningRate(this.finished);
    const passes = batches.map((batch, index) => {
      const seed = `${train.seed}/step/${this.finished}/${index}`;
      return passOver(batch, this.stage, { task, train, seed, steps: this.finished });
    });
    try {
      const result = average(await Promise.all(passes.map((pass) => readReport(pass))));
      for (const [term, value] of [...Object.entries(result.terms), ['total', result.loss] as const]) {
        if (!Number.isFinite(value)) throw new DivergedError(this.finished + 1, term, value);
      }
      // Before the optimizer changes the weights that the losses were computed with.
      for (const { calls } of passes) for (const call of calls) call.remember();
      tf.tidy(() => {
        const gradients = averageGradients(passes.map((pass) => pass.gradients));
        this.stage.optimizer.step(this.clip(gradients), lr);
      });
      this.finished += 1;
      this.ema?.update(this.finished);
      this.enterStage();
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
    const add = (prefix: string, values: Iterable<readonly [string, tf.Tensor]>): void => {
      for (const [name, value] of values) tensors[`${prefix}/${name}`] = value.clone();
    };
    for (const [name, model] of this.learningModels()) {
      add(
        pathOf(name),
        [...model.weights].map(([name, weight]) => [name, weight.read()] as const),
      );
    }
    for (const { name, method } of this.settings.hooks) add(`hooks/${name}`, Object.entries(method.weights));
    add('optimizer', Object.entries(this.stage.optimizer.state()));
    add('ema', Object.entries(this.ema?.state() ?? {}));
    return tensors;
  }

  /** Goes back to what `capture` gave after `steps` steps. */
  async restore(tensors: Record<string, tf.Tensor>, steps: number): Promise<void> {
    const part = (prefix: string): Record<string, tf.Tensor> =>
      Object.fromEntries(
        Object.entries(tensors)
          .filter(([name]) => name.startsWith(`${prefix}/`))
          .map(([name, value]) => [name.slice(prefix.length + 1), value]),
      );
    for (const [name, model] of this.learningModels()) restoreWeights(model, part(pathOf(name)));
    for (const { name, method } of this.settings.hooks) method.setWeights(part(`hooks/${name}`));
    this.ema?.setState(part('ema'));
    this.finished = steps;
    this.enterStage();
    await this.stage.optimizer.setState(part('optimizer'));
  }

  /** Goes on as if so many steps were finished, to try a later stage. */
  skipTo(steps: number): void {
    this.finished = steps;
    this.enterStage();
  }

  dispose(): void {
    this.stage.dispose();
    this.ema?.dispose();
    for (const hook of this.settings.hooks) hook.method.dispose();
  }

  /** With a fresh optimizer, where the next step is of another stage. */
  private enterStage(): void {
    if (stageAt(this.stages, this.finished) === this.currentStage) return;
    this.stage.dispose();
    this.stage = this.begin(this.finished);
  }

  private begin(steps: number): StageTraining {
    const plan = stageAt(this.stages, steps);
    return new StageTraining(plan, this.parameters, this.settings.recipe.train.optimizer, this.cohort);
  }

  private weightsIn(stage: PlannedStage): Record<string, number> {
    return Object.fromEntries(
      this.settings.hooks.map((hook) => [hook.name, hookWeight(hook, stage, this.finished)]),
    );
  }

  private learningModels(): (readonly [string, Model])[] {
    const models = modelsOf(this.cohort);
    return learnersOf(this.cohort).map((name) => [name, models.get(name)!] as const);
  }

  /** The gradients of each model that learns by themselves, as if it were alone. */
  private clip(gradients: Record<string, tf.Tensor>): Record<string, tf.Tensor> {
    const { clip } = this.settings.recipe.train;
    if (!clip) return gradients;
    const parts = groupBy(Object.entries(gradients), ([name]) => this.parameters.get(name)!.learner);
    return Object.assign(
      {},
      ...[...parts.values()].map((part) => clipGradients(Object.fromEntries(part), clip)),
    ) as Record<string, tf.Tensor>;
  }
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
