import * as tf from '@tensorflow/tfjs';
import { detach } from './detach';

/**
 * Vectors along the last axis at unit length. Those shorter than 1e-12 have no direction and stay as they are: PyTorch's
 * `normalize` divides them by 1e-12, and so gives a vector of zeros a gradient 1e12 times as large as the others'.
 */
export function unitLength(vectors: tf.Tensor): tf.Tensor {
  const squares = tf.sum(tf.square(vectors), -1, true);
  return tf.mul(vectors, tf.rsqrt(orOne(squares, 1e-24)));
}

/**
 * Zero mean and unit (unbiased) deviation over some axes; `epsilon` is added to the deviation. Where the deviation is
 * below it, values that do not differ become 0, and their gradient stays as large as the others' (PyTorch's is as
 * many times larger as 1 / epsilon).
 */
export function standardized(values: tf.Tensor, axes: number[], epsilon: number): tf.Tensor {
  const { mean, variance } = tf.moments(values, axes, true);
  const count = values.size / mean.size;
  // A value alone does not deviate from itself.
  const unbiased = tf.mul(variance, count / Math.max(1, count - 1));
  const deviation = tf.sqrt(orOne(unbiased, epsilon ** 2));
  return tf.div(tf.sub(values, mean), tf.add(deviation, epsilon));
}

/** The values above a least one, and 1, without gradient, in place of the others. */
export function orOne(values: tf.Tensor, least: number): tf.Tensor {
  return tf.where(tf.greater(detach(values), least), values, 1);
}

/** The length of vectors along an axis; at zero its gradient is zero, as in PyTorch. */
export function length(vectors: tf.Tensor, axis = -1): tf.Tensor {
  return tf.sqrt(tf.maximum(tf.sum(tf.square(vectors), axis), 1e-24));
}

/** [N, …] as [N, features]. */
export function flattened(samples: tf.Tensor): tf.Tensor2D {
  return tf.reshape(samples, [samples.shape[0], -1]);
}

/** Logits [N, classes] as they are; those of every pixel, [N, H, W, classes], with a row for each. */
export function logitRows(logits: tf.Tensor): tf.Tensor2D {
  return tf.reshape(logits, [-1, logits.shape.at(-1)!]);
}

/** Feature maps [N, H, W, C] averaged over their positions; vectors [N, C] as they are. */
export function pooled(features: tf.Tensor): tf.Tensor2D {
  return (features.rank === 4 ? tf.mean(features, [1, 2]) : features) as tf.Tensor2D;
}

/** Feature maps [N, H, W, C] with a row for each channel: [N, C, H W]. */
export function channelRows(maps: tf.Tensor): tf.Tensor3D {
  const [samples, height, width, channels] = maps.shape as [number, number, number, number];
  return tf.transpose(tf.reshape(maps, [samples, height * width, channels]), [0, 2, 1]);
}
