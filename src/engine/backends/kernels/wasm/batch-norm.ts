import * as tf from '@tensorflow/tfjs';
import { BatchNormTrain, BatchNormTrainGrad } from '../batch-norm';
import { type Kernel, registerWasmKernel, wasmKernel } from './registration';

/**
 * Batch normalisation from what WASM does fast: a mean over rows and columns is an average pooling, a factor
 * and a shift by channel is a depthwise convolution with one place. tfjs broadcasts with `Tile` instead.
 */
export function registerBatchNorm(): void {
  registerWasmKernel(BatchNormTrain, train);
  registerWasmKernel(BatchNormTrainGrad, gradient);
  const original = wasmKernel(tf.FusedBatchNorm)!;
  registerWasmKernel(tf.FusedBatchNorm, (call) =>
    call.inputs.mean!.shape.length === 1 ? infer(call) : original(call),
  );
}

const train: Kernel = ({ inputs, attrs }) =>
  tf.tidy(() => {
    const { x, gamma, beta } = inputs as Record<string, tf.Tensor4D>;
    const mean = channelMeans(x!);
    const centred = affine(x!, undefined, tf.neg(mean));
    const variance = channelMeans(tf.square(centred));
    const y = affine(centred, tf.mul(gamma!, scale(variance, attrs.epsilon as number)), beta);
    return [y, mean, variance];
  });

const infer: Kernel = ({ inputs, attrs }) =>
  tf.tidy(() => {
    const { x, mean, variance, scale: gamma, offset } = inputs as Record<string, tf.Tensor4D>;
    const inverse = scale(variance!, attrs.varianceEpsilon as number);
    const factor = gamma ? tf.mul(gamma, inverse) : inverse;
    const shift = tf.mul(mean!, factor);
    return affine(x!, factor, offset ? tf.sub(offset, shift) : tf.neg(shift));
  });

/**
 * With n = (x - mean) r and r = 1 / sqrt(variance + epsilon): dbeta = sum dy, dgamma = sum dy n,
 * dx = gamma r (dy - dbeta / rows - n dgamma / rows).
 */
const gradient: Kernel = ({ inputs, attrs }) =>
  tf.tidy(() => {
    const { dy, x, gamma, reserve0: mean, reserve1: variance } = inputs as Record<string, tf.Tensor4D>;
    const rows = x!.size / gamma!.size;
    const r = scale(variance!, attrs.epsilon as number);
    const centred = affine(x!, undefined, tf.neg(mean!));
    const meanDy = channelMeans(dy!);
    const meanProduct = tf.mul(channelMeans(tf.mul(dy!, centred)), r);
    const factor = tf.mul(gamma!, r);
    const dx = tf.add(
      affine(dy!, factor, tf.neg(tf.mul(factor, meanDy))),
      affine(centred, tf.neg(tf.mul(tf.mul(factor, r), meanProduct))),
    );
    return [dx, tf.mul(meanProduct, rows), tf.mul(meanDy, rows)];
  });

function scale(variance: tf.Tensor, epsilon: number): tf.Tensor {
  return tf.rsqrt(tf.add(variance, epsilon));
}

function channelMeans(x: tf.Tensor): tf.Tensor {
  return tf.mean(x, [0, 1, 2]);
}

/** x [N, H, W, C] times a factor [C], if there is one, plus a shift [C], if there is one. */
function affine(x: tf.Tensor4D, factor?: tf.Tensor, shift?: tf.Tensor): tf.Tensor4D {
  const channels = x.shape[3];
  const filter = factor ? tf.reshape(factor, [1, 1, channels, 1]) : tf.ones([1, 1, channels, 1]);
  return tf.fused.depthwiseConv2d({
    x,
    filter: filter as tf.Tensor4D,
    strides: 1,
    pad: 'valid',
    ...(shift && { bias: shift }),
  });
}
