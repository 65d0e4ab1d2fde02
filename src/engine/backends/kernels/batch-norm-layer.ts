import * as tf from '@tensorflow/tfjs';
import { normalize } from './batch-norm';

interface LayerWeight {
  read(): tf.Tensor;
  write(value: tf.Tensor): unknown;
}

/** What tfjs's own batch-normalisation layer holds once it is built. */
interface BatchNormLayer {
  readonly axis: number;
  readonly epsilon: number;
  readonly momentum: number;
  /** Absent where the layer was made without `scale`. */
  readonly gamma?: LayerWeight;
  /** Absent where the layer was made without `center`. */
  readonly beta?: LayerWeight;
  readonly movingMean: LayerWeight;
  readonly movingVariance: LayerWeight;
}

type Call = (
  this: BatchNormLayer,
  inputs: tf.Tensor | tf.Tensor[],
  options: { training?: boolean },
) => tf.Tensor | tf.Tensor[];

/**
 * Lets every layer of `tf.layers.batchNormalization`, built before or after, train through `normalize`. Values,
 * gradients and moving averages stay those of tfjs: the moving variance averages the biased variance, where
 * PyTorch averages the unbiased one. Beyond tfjs, whose own layer throws there, one without `scale` or `center`
 * or with another axis than the last trains too. Inference is left to tfjs.
 */
export function fuseBatchNormLayer(): void {
  const layer = tf.layers.batchNormalization().constructor as unknown as {
    prototype: { call: Call };
  };
  const original = layer.prototype.call;
  layer.prototype.call = function (inputs, options) {
    return options.training === true
      ? train(this, Array.isArray(inputs) ? inputs[0]! : inputs)
      : original.call(this, inputs, options);
  };
}

function train(layer: BatchNormLayer, input: tf.Tensor): tf.Tensor {
  return tf.tidy(() => {
    const axis = layer.axis < 0 ? layer.axis + input.rank : layer.axis;
    const x = swapWithLast(input, axis);
    const channels = x.shape[x.rank - 1]!;
    const gamma = layer.gamma?.read() ?? tf.ones([channels]);
    const beta = layer.beta?.read() ?? tf.zeros([channels]);
    const { y, mean, variance } = normalize(x, gamma, beta, layer.epsilon);
    moveTowards(layer.movingMean, mean, layer.momentum);
    moveTowards(layer.movingVariance, variance, layer.momentum);
    return swapWithLast(y, axis);
  });
}

function swapWithLast(x: tf.Tensor, axis: number): tf.Tensor {
  const last = x.rank - 1;
  if (axis === last) return x;
  const order = x.shape.map((_, index) => (index === axis ? last : index === last ? axis : index));
  return tf.transpose(x, order);
}

function moveTowards(average: LayerWeight, value: tf.Tensor, momentum: number): void {
  const old = average.read();
  average.write(tf.sub(old, tf.mul(tf.sub(old, value), 1 - momentum)));
}
