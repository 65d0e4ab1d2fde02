import * as tf from '@tensorflow/tfjs';
import type { Batch } from '../../data/batch';
import type { Model } from '../models/model';
import { ActivationReader } from './activations';
import type { HookedLayer, HookTerm } from './hook-term';
import { linearCka } from './similarity';

/** How alike the features on both sides of a hook are. */
export interface FeatureSimilarity {
  readonly cka: number;
  /** Mean over the images; only for features of the same shape. */
  readonly cosine?: number;
}

/** Compares what student and teacher make of the same images, in inference mode, on both sides of each hook. */
export class FeatureComparison {
  private readonly student: ActivationReader;
  private readonly teacher: ActivationReader;

  constructor(
    private readonly hooks: readonly HookTerm[],
    { student, teacher }: { readonly student: Model; readonly teacher: Model },
    private readonly batch: Pick<Batch, 'images' | 'shape'>,
  ) {
    this.student = new ActivationReader(
      student,
      hooks.map((hook) => deepest(hook.student)),
    );
    this.teacher = new ActivationReader(
      teacher,
      hooks.map((hook) => deepest(hook.teacher)),
    );
  }

  /** By the names of the hooks. */
  async measure(): Promise<Record<string, FeatureSimilarity>> {
    const compared = tf.tidy(() => {
      const images = tf.tensor4d(this.batch.images, [...this.batch.shape]);
      const student = this.student.read(images, false);
      const teacher = this.teacher.read(images, false);
      return this.hooks.map((hook) =>
        compare(student.get(deepest(hook.student))!, teacher.get(deepest(hook.teacher))!),
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
