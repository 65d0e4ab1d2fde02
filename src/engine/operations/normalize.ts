import * as tf from '@tensorflow/tfjs';

/** Vectors along the last axis at unit length; those shorter than 1e-12 are divided by that (PyTorch's `normalize`). */
export function unitLength(vectors: tf.Tensor): tf.Tensor {
  const squares = tf.sum(tf.square(vectors), -1, true);
  return tf.mul(vectors, tf.rsqrt(tf.maximum(squares, 1e-24)));
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
