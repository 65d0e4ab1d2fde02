import * as tf from '@tensorflow/tfjs';
import type { TrainSettings } from '../../recipe/schema';

/**
 * Gradients clipped as `torch.nn.utils` does: each entry to +-`value`, then all together to a global norm of
 * `norm` (epsilon 1e-6; never scaled up). In this order both bounds hold. The caller tidies.
 */
export function clipGradients(
  gradients: Readonly<Record<string, tf.Tensor>>,
  { value, norm }: NonNullable<TrainSettings['clip']>,
): Record<string, tf.Tensor> {
  let clipped = { ...gradients };
  if (value !== undefined)
    clipped = mapValues(clipped, (gradient) => tf.clipByValue(gradient, -value, value));
  if (norm !== undefined) {
    const scale = tf.minimum(tf.div(norm, tf.add(globalNorm(clipped), 1e-6)), 1);
    clipped = mapValues(clipped, (gradient) => tf.mul(gradient, scale));
  }
  return clipped;
}

/** The Euclidean norm of all gradients as one vector. */
function globalNorm(gradients: Readonly<Record<string, tf.Tensor>>): tf.Tensor {
  return tf.tidy(() => {
    const squares = Object.values(gradients).map((gradient) => tf.sum(tf.square(gradient)));
    return tf.sqrt(tf.sum(tf.stack(squares)));
  });
}

function mapValues(
  gradients: Readonly<Record<string, tf.Tensor>>,
  change: (gradient: tf.Tensor) => tf.Tensor,
): Record<string, tf.Tensor> {
  return Object.fromEntries(Object.entries(gradients).map(([name, gradient]) => [name, change(gradient)]));
}
