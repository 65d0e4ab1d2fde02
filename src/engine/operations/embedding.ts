import * as tf from '@tensorflow/tfjs';
import { batchNormTrain } from '../backends/kernels';
import type { WeightFactory } from '../methods/method';

/** PyTorch's default for batch and instance normalisation. */
export const NORM_EPSILON = 1e-5;

export interface EmbeddingSize {
  readonly inputs: number;
  readonly outputs: number;
  /** Of the square kernel; an odd number. */
  readonly kernel: number;
}

/** Statistics of a batch normalisation: of the whole batch, or of each image by itself. */
export type Statistics = 'batch' | 'image';

/**
 * A convolution with `same` padding and without bias, then batch normalisation in training mode, on maps
 * [N, H, W, C]. Weights: `name/kernel`, `name/gamma` (1), `name/beta` (0).
 */
export function embedding(
  name: string,
  { inputs, outputs, kernel: side }: EmbeddingSize,
  weights: WeightFactory,
  statistics: Statistics = 'batch',
): (maps: tf.Tensor) => tf.Tensor {
  const kernel = weights.uniform(`${name}/kernel`, [side, side, inputs, outputs], side * side * inputs);
  const gamma = weights.constant(`${name}/gamma`, [outputs], 1);
  const beta = weights.constant(`${name}/beta`, [outputs], 0);
  return (maps) => {
    const embedded = tf.conv2d(maps as tf.Tensor4D, kernel as tf.Tensor4D, 1, 'same');
    return statistics === 'batch'
      ? batchNormTrain(embedded, gamma, beta, NORM_EPSILON)
      : tf.add(tf.mul(instanceNorm(embedded), gamma), beta);
  };
}

/** Zero mean and unit (biased) variance per image and channel of maps [N, H, W, C]. */
export function instanceNorm(maps: tf.Tensor): tf.Tensor {
  const { mean, variance } = tf.moments(maps, [1, 2], true);
  return tf.mul(tf.sub(maps, mean), tf.rsqrt(tf.add(variance, NORM_EPSILON)));
}

/** Batch normalisation in training mode of vectors [N, C]. */
export function normVectors(
  vectors: tf.Tensor,
  gamma: tf.Tensor,
  beta: tf.Tensor,
  epsilon = NORM_EPSILON,
): tf.Tensor {
  const [samples, channels] = vectors.shape as [number, number];
  const maps: tf.Tensor4D = tf.reshape(vectors, [samples, 1, 1, channels]);
  return tf.reshape(batchNormTrain(maps, gamma, beta, epsilon), [samples, channels]);
}

/** A linear layer with bias on vectors [N, C]. Weights: `name/kernel` [inputs, outputs], `name/bias`. */
export function linear(
  name: string,
  inputs: number,
  outputs: number,
  weights: WeightFactory,
): (vectors: tf.Tensor2D) => tf.Tensor2D {
  const kernel = weights.uniform(`${name}/kernel`, [inputs, outputs], inputs) as tf.Tensor2D;
  const bias = weights.uniform(`${name}/bias`, [outputs], inputs);
  return (vectors) => tf.add(tf.matMul(vectors, kernel), bias);
}

/** A convolution with bias and `same` padding. Weights: `name/kernel`, `name/bias`. */
export function convolution(
  name: string,
  { inputs, outputs, kernel: side }: EmbeddingSize,
  weights: WeightFactory,
): (maps: tf.Tensor) => tf.Tensor {
  const fanIn = side * side * inputs;
  const kernel = weights.uniform(`${name}/kernel`, [side, side, inputs, outputs], fanIn);
  const bias = weights.uniform(`${name}/bias`, [outputs], fanIn);
  return (maps) => tf.add(tf.conv2d(maps as tf.Tensor4D, kernel as tf.Tensor4D, 1, 'same'), bias);
}

/** A 1x1 convolution with bias. Weights: `name/kernel`, `name/bias`. */
export function pointwise(
  name: string,
  inputs: number,
  outputs: number,
  weights: WeightFactory,
): (maps: tf.Tensor) => tf.Tensor {
  return convolution(name, { inputs, outputs, kernel: 1 }, weights);
}
