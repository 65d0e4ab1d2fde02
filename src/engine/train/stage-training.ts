import type * as tf from '@tensorflow/tfjs';
import { STUDENT } from '../../recipe/teachers';
import type { OptimizerSettings } from '../../recipe/schema';
import { ActivationReader, type Activations, LOGITS } from './activations';
import { createOptimizer, type Optimizer } from './optimizer';
import type { Parameter } from './parameters';
import { learningRate } from './schedule';
import { placeIn, type PlannedStage } from './stage-plan';
import { type Cohort, learnersOf, modelsOf } from './teachers';

/** Activations of one batch by the name of the model. */
export type ActivationsByModel = ReadonlyMap<string, Activations>;

/** What a stage of training works with: the weights that learn in it, their optimizer, and what it reads of each model. */
export class StageTraining {
  /** What changes in this stage, by stable name. */
  readonly parameters: ReadonlyMap<string, Parameter>;
  readonly optimizer: Optimizer;
  private readonly readers = new Map<string, ActivationReader>();
  private studentLogits: ActivationReader | undefined;
  private readonly learners: ReadonlySet<string>;

  constructor(
    readonly plan: PlannedStage,
    parameters: ReadonlyMap<string, Parameter>,
    optimizer: OptimizerSettings,
    private readonly cohort: Cohort,
  ) {
    const hooks = new Set(plan.hooks);
    this.parameters = new Map(
      [...parameters].filter(([name, { hook, learner }]) =>
        hook ? hooks.has(hook) : learner === STUDENT ? plan.learnt.has(name) : !plan.pretrain,
      ),
    );
    this.optimizer = createOptimizer(
      optimizer,
      [...this.parameters.values()].map(({ optimized }) => optimized),
    );
    this.learners = new Set(plan.pretrain ? [] : learnersOf(cohort));
    for (const [name, model] of modelsOf(cohort)) {
      const wanted = this.wantedOf(name);
      if (wanted.length > 0) this.readers.set(name, new ActivationReader(model, wanted));
    }
  }

  /** One pass of each model that does not learn over images [N, H, W, C], as far as it is hooked. */
  readFixed(images: tf.Tensor4D): ActivationsByModel {
    return this.read(images, (name) => !this.learners.has(name));
  }

  /** One pass of each model that learns, the student first, with dropout and batch statistics. */
  readLearning(images: tf.Tensor4D): ActivationsByModel {
    return this.read(images, (name) => this.learners.has(name));
  }

  /** What the student says of images [N, H, W, C] as it learns: with dropout and batch statistics. */
  readStudentLogits(images: tf.Tensor4D): tf.Tensor2D {
    this.studentLogits ??= new ActivationReader(this.cohort.student, [LOGITS]);
    return this.studentLogits.read(images, true).get(LOGITS) as tf.Tensor2D;
  }

  /** The learning rate of the step after `steps` finished ones of the whole training. */
  learningRate(steps: number): number {
    return learningRate(this.plan.schedule, this.plan.lr, placeIn(this.plan, steps));
  }

  /** Whether a hook looks at turned images too: all models then see each batch four times. */
  get seesRotations(): boolean {
    return this.plan.hooks.some(({ method }) => method.views === 'rotations');
  }

  /** Of models those that learn. */
  learningIn(models: ActivationsByModel): ActivationsByModel {
    return new Map([...models].filter(([name]) => this.learners.has(name)));
  }

  dispose(): void {
    this.optimizer.dispose();
  }

  private read(images: tf.Tensor4D, isWanted: (name: string) => boolean): ActivationsByModel {
    const readers = [...this.readers].filter(([name]) => isWanted(name));
    return new Map(
      readers.map(([name, reader]) => [name, reader.read(images, this.learners.has(name))] as const),
    );
  }

  /** The layers that a model is read at: of one whose accuracy or task loss is wanted also the logits. */
  private wantedOf(name: string): string[] {
    const hasOwnLoss = this.learners.has(name) && this.plan.task;
    const hooked = this.plan.hooks.flatMap((hook) => {
      const sides = [
        ...(hook.learner === name ? [hook.student] : []),
        ...hook.from.filter(({ model }) => model === name).map(({ layers }) => layers),
      ];
      const logits = sides.length > 0 && hook.method.needs.includes('logits') ? [LOGITS] : [];
      return [...sides.flat().map(({ id }) => id), ...logits];
    });
    return [...(name === STUDENT || hasOwnLoss ? [LOGITS] : []), ...hooked];
  }
}
