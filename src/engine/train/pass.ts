import * as tf from '@tensorflow/tfjs';
import { InputError } from '../../common/errors';
import type { Batch } from '../../data/batch';
import type { Recipe } from '../../recipe/schema';
import { STUDENT } from '../../recipe/teachers';
import { withSeededRandom } from '../random';
import { LOGITS } from './activations';
import type { HookCall } from './hook-call';
import { callOf, type LossTerm, taskTerms } from './loss-terms';
import { hookWeight } from './stage-plan';
import type { StageTraining } from './stage-training';
import { drawMixing, type ImageBatch, mixByUncertainty } from './uncertainty-mixup';
import { rotations, upright } from './views';

/** What one forward and backward pass leaves on the device. */
export interface Pass {
  readonly gradients: Record<string, tf.Tensor>;
  /** Of the weighted terms. */
  readonly names: readonly string[];
  /** The terms in the order of the names, then the accuracy. */
  readonly reported: tf.Tensor;
  /** Of the hooks, which remember once the step is known to be good. */
  readonly calls: readonly HookCall[];
}

/** Losses are weighted, and add up to `loss`. */
export interface Report {
  readonly loss: number;
  readonly terms: Readonly<Record<string, number>>;
  /** Share of the training images that the student got right, before the step. */
  readonly accuracy: number;
}

interface PassSettings extends Pick<Recipe, 'task'> {
  readonly train: Pick<Recipe['train'], 'uncertaintyMixup'>;
  /** Of all randomness inside. */
  readonly seed: string;
  /** Finished steps of the whole training. */
  readonly steps: number;
}

/** Forward and backward over one batch, in a stage of training. */
export function passOver(batch: Batch, stage: StageTraining, settings: PassSettings): Pass {
  return withSeededRandom(settings.seed, () => {
    const terms: LossTerm[] = [];
    const calls: HookCall[] = [];
    let reported: tf.Tensor | undefined;
    const { value, grads } = tf.tidy(() => {
      const given = mixed(onDevice(batch), stage, settings);
      const seen = stage.seesRotations ? rotations(given.images) : given.images;
      const fixed = stage.readFixed(seen);
      return gradientsOf(stage, () => {
        const models = new Map([...stage.readLearning(seen), ...fixed]);
        const first = mapValues(models, (activations) => upright(activations, given.labels.size));
        if (stage.plan.task) terms.push(...taskTerms(stage.learningIn(first), given, settings.task));
        for (const hook of stage.plan.hooks) {
          const call = callOf(hook, hook.method.views ? models : first, given, settings.seed);
          terms.push(termOf(call, stage, settings.steps));
          if (!stage.plan.pretrain) calls.push(call);
        }
        const right = first.get(STUDENT)!.get(LOGITS)!.argMax(-1).equal(given.labels).cast('float32').mean();
        reported = tf.keep(tf.stack([...terms.map(({ loss }) => loss), right]));
        return tf.addN<tf.Scalar>(terms.map(({ loss }) => loss));
      });
    });
    value.dispose();
    const gradients: Record<string, tf.Tensor> = {};
    for (const [name, { optimized }] of stage.parameters) {
      const gradient = grads[optimized.variable.name];
      if (gradient) gradients[name] = gradient;
    }
    return { gradients, names: terms.map(({ name }) => name), reported: reported!, calls };
  });
}

/** Reads a pass's numbers; WebGPU gives none synchronously. */
export async function readReport({ names, reported }: Pass): Promise<Report> {
  const values = [...(await reported.data())];
  const accuracy = values.pop()!;
  return {
    loss: values.reduce((sum, term) => sum + term, 0),
    terms: Object.fromEntries(names.map((name, position) => [name, values[position]!])),
    accuracy,
  };
}

/** The weighted loss of a hook, also of weight 0; in a stage that pretrains, the loss that its method then has. */
function termOf(call: HookCall, { plan }: StageTraining, steps: number): LossTerm {
  const { hook } = call;
  if (plan.pretrain) return { name: `pretrain/${hook.name}`, loss: call.pretraining() };
  return { name: hook.name, loss: call.loss().mul<tf.Scalar>(hookWeight(hook, plan, steps)) };
}

/** Mixed by the student's uncertainty where the recipe says so and the student learns. */
function mixed(batch: ImageBatch, stage: StageTraining, { train, seed }: PassSettings): ImageBatch {
  if (train.uncertaintyMixup === undefined || stage.plan.pretrain) return batch;
  const draw = drawMixing(batch.labels.size, seed);
  return mixByUncertainty(batch, stage.readStudentLogits(batch.images), train.uncertaintyMixup, draw);
}

function onDevice({ images, shape, labels, sampleIds, mixed }: Batch): ImageBatch {
  return {
    images: tf.tensor4d(images, [...shape]),
    labels: tf.tensor1d(labels, 'int32'),
    sampleIds: tf.tensor1d(sampleIds, 'int32'),
    ...(mixed && {
      mixed: { labels: tf.tensor1d(mixed.labels, 'int32'), lambda: tf.tensor1d(mixed.lambda) },
    }),
  };
}

/** Throws `InputError` where no loss of the stage reaches a weight that learns in it. */
function gradientsOf(stage: StageTraining, loss: () => tf.Scalar): ReturnType<typeof tf.variableGrads> {
  const variables = [...stage.parameters.values()].map(({ optimized }) => optimized.variable);
  try {
    return tf.variableGrads(loss, variables);
  } catch (error) {
    // TensorFlow.js has no other sign of it.
    if (!(error instanceof Error) || !error.message.includes('Cannot find a connection')) throw error;
    throw new InputError(`${stage.plan.path}: no loss of this stage reaches a weight that learns in it`);
  }
}

function mapValues<Value>(
  map: ReadonlyMap<string, Value>,
  change: (value: Value) => Value,
): Map<string, Value> {
  return new Map([...map].map(([key, value]) => [key, change(value)]));
}
