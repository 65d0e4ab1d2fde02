import * as tf from '@tensorflow/tfjs';
import type { Activations } from './activations';

/**
 * Each of N images as it is and turned by 90, 180 and 270 degrees, counter-clockwise: first all upright ones, then all
 * turned by 90 degrees, and so on, [4 N, H, W, C]. The images are square.
 */
export function rotations(images: tf.Tensor4D): tf.Tensor4D {
  const transposed = tf.transpose(images, [0, 2, 1, 3]);
  return tf.concat([
    images,
    tf.reverse(transposed, 1),
    tf.reverse(images, [1, 2]),
    tf.reverse(transposed, 2),
  ]);
}

/** Of what a model makes of such images, what it makes of the upright ones. */
export function upright(activations: Activations, count: number): Activations {
  return new Map(
    [...activations].map(([id, tensor]) => [
      id,
      tensor.shape[0] === count ? tensor : tf.slice(tensor, 0, count),
    ]),
  );
}
