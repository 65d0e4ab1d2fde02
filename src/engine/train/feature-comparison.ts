import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../../data/batch';
import { ActivationReader } from './activations';
import type { HookedLayer, HookTerm } from './hook-term';
import { meanOf } from './loss-terms';
import { linearCka } from './similarity';
import { type Cohort, modelsOf } from './teachers';

/** How alike the features on both sides of a hook are. */
export interface FeatureSimilarity {
  readonly cka: number;
  /** Mean over the images; only for features of the same shape. */
  readonly cosine?: number;
}

/** Compares what both sides of each hook make of the same images, in inference mode. */
export class FeatureComparison {
  private readonly readers: ReadonlyMap<string, ActivationReader>;

  constructor(
    private readonly hooks: readonly HookTerm[],
    cohort: Cohort,
    private readonly batch: Pick<Batch, 'images' | 'shape'>,
  ) {
    this.readers = new Map(
      [...modelsOf(cohort)]
        .map(([name, model]) => [name, model, compared(hooks, name)] as const)
        .filter(([, , wanted]) => wanted.length > 0)
        .map(([name, model, wanted]) => [name, new ActivationReader(model, wanted)]),
    );
  }

  /** By the names of the hooks. */
  async measure(): Promise<Record<string, FeatureSimilarity>> {
    const compared = tf.tidy(() => {
      const images = tf.tensor4d(this.batch.images, [...this.batch.shape]);
      const models = new Map([...this.readers].map(([name, reader]) => [name, reader.read(images, false)]));
      return this.hooks.map((hook) =>
        compare(
          models.get(hook.learner)!.get(deepest(hook.student))!,
          meanOf(hook.from, models, ({ layers }) => deepest(layers)),
        ),
      );
    });
    const samples = this.batch.shape[0];
    const similarities: Record<string, FeatureSimilarity> = {};
    for (const [index, tensors] of compared.entries()) {
      const [one, other, cosine] = await Promise.all(tensors.map((tensor) => tensor.data()));
      similarities[this.hooks[index]!.name] = {
        cka: linearCka(one!, other!, samples),
        ...(cosine && { cosine: cosine[0]! }),
      };
      tf.dispose(tensors);
    }
    return similarities;
  }
}

/** The layers of a model that are compared. */
function compared(hooks: readonly HookTerm[], model: string): string[] {
  return hooks.flatMap((hook) => [
    ...(hook.learner === model ? [deepest(hook.student)] : []),
    ...hook.from.filter((one) => one.model === model).map(({ layers }) => deepest(layers)),
  ]);
}

/** Of a hook on several layers the deepest are compared. */
function deepest(layers: readonly HookedLayer[]): string {
  return layers.at(-1)!.id;
}

/** The Gram matrices of both, and the mean cosine where it can be had. */
function compare(student: tf.Tensor, teacher: tf.Tensor): tf.Tensor[] {
  const sides = [flatten(student), flatten(teacher)] as const;
  const grams = sides.map(gram);
  return tf.util.arraysEqual(student.shape, teacher.shape) ? [...grams, meanCosine(...sides)] : grams;
}

/** A row for each sample. */
function flatten(features: tf.Tensor): tf.Tensor2D {
  return tf.reshape(features, [features.shape[0], -1]);
}

/** CKA does not change with the mean, but float32 loses fewer digits without it. */
function gram(rows: tf.Tensor2D): tf.Tensor2D {
  const centred = tf.sub<tf.Tensor2D>(rows, tf.mean(rows, 0, true));
  return tf.matMul(centred, centred, false, true);
}

function meanCosine(one: tf.Tensor2D, other: tf.Tensor2D): tf.Scalar {
  const length = (rows: tf.Tensor2D): tf.Tensor => tf.sqrt(tf.sum(tf.square(rows), 1));
  const products = tf.sum(tf.mul(one, other), 1);
  // The smallest normal float32: features that are all 0 have no direction, and count as 0.
  return tf.mean(tf.div(products, tf.maximum(tf.mul(length(one), length(other)), 1.1754944e-38)));
}
