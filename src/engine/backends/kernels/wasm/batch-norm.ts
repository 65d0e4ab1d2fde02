import * as tf from '@tensorflow/tfjs';
import { BatchNormTrain, BatchNormTrainGrad } from '../batch-norm';
import { floats, type Kernel, registerWasmKernel, sizeOf, wasmKernel } from './heap';

/** Batch normalisation in passes over the rows of x [rows, C], where tfjs broadcasts through `Tile`. */
export function registerBatchNorm(): void {
  registerWasmKernel(BatchNormTrain, train);
  registerWasmKernel(BatchNormTrainGrad, gradient);
  const original = wasmKernel(tf.FusedBatchNorm)!;
  registerWasmKernel(tf.FusedBatchNorm, (call) =>
    call.inputs.mean!.shape.length === 1 ? infer(call) : original(call),
  );
}

const train: Kernel = ({ inputs, attrs, backend }) => {
  const { x, gamma, beta } = inputs;
  const channels = sizeOf(gamma!);
  const rows = sizeOf(x!) / channels;
  const y = backend.makeOutput(x!.shape, 'float32');
  const mean = backend.makeOutput([channels], 'float32');
  const variance = backend.makeOutput([channels], 'float32');
  const from = floats(backend, x!);

  const means = new Float64Array(channels);
  for (let i = 0; i < from.length;) for (let c = 0; c < channels; c++) means[c]! += from[i++]!;
  for (let c = 0; c < channels; c++) means[c]! /= rows;
  const squares = new Float64Array(channels);
  for (let i = 0; i < from.length;) {
    for (let c = 0; c < channels; c++) {
      const deviation = from[i++]! - means[c]!;
      squares[c]! += deviation * deviation;
    }
  }
  for (let c = 0; c < channels; c++) squares[c]! /= rows;
  floats(backend, mean).set(means);
  floats(backend, variance).set(squares);
  affine(
    from,
    floats(backend, y),
    ...normalization(
      means,
      squares,
      floats(backend, gamma!),
      floats(backend, beta!),
      attrs.epsilon as number,
    ),
  );
  return [y, mean, variance];
};

const infer: Kernel = ({ inputs, attrs, backend }) => {
  const { x, mean, variance, scale, offset } = inputs;
  const y = backend.makeOutput(x!.shape, 'float32');
  affine(
    floats(backend, x!),
    floats(backend, y),
    ...normalization(
      floats(backend, mean!),
      floats(backend, variance!),
      scale ? floats(backend, scale) : undefined,
      offset ? floats(backend, offset) : undefined,
      attrs.varianceEpsilon as number,
    ),
  );
  return y;
};

/** What to multiply x with and what to add then, by channel. */
function normalization(
  mean: ArrayLike<number>,
  variance: ArrayLike<number>,
  gamma: Float32Array | undefined,
  beta: Float32Array | undefined,
  epsilon: number,
): [Float64Array, Float64Array] {
  const factor = new Float64Array(mean.length);
  const shift = new Float64Array(mean.length);
  for (let c = 0; c < mean.length; c++) {
    factor[c] = (gamma?.[c] ?? 1) / Math.sqrt(variance[c]! + epsilon);
    shift[c] = (beta?.[c] ?? 0) - mean[c]! * factor[c]!;
  }
  return [factor, shift];
}

function affine(x: Float32Array, y: Float32Array, factor: Float64Array, shift: Float64Array): void {
  const channels = factor.length;
  for (let i = 0; i < x.length;) {
    for (let c = 0; c < channels; c++, i++) y[i] = x[i]! * factor[c]! + shift[c]!;
  }
}

/**
 * With n = (x - mean) r and r = 1 / sqrt(variance + epsilon): dbeta = sum dy, dgamma = sum dy n,
 * dx = gamma r (dy - dbeta / rows - n dgamma / rows).
 */
const gradient: Kernel = ({ inputs, attrs, backend }) => {
  const { dy, x, gamma, reserve0: mean, reserve1: variance } = inputs;
  const channels = sizeOf(gamma!);
  const rows = sizeOf(x!) / channels;
  const dx = backend.makeOutput(x!.shape, 'float32');
  const dgamma = backend.makeOutput([channels], 'float32');
  const dbeta = backend.makeOutput([channels], 'float32');
  const from = floats(backend, x!);
  const dys = floats(backend, dy!);
  const means = floats(backend, mean!);

  const sums = new Float64Array(channels);
  const products = new Float64Array(channels);
  for (let i = 0; i < from.length;) {
    for (let c = 0; c < channels; c++, i++) {
      sums[c]! += dys[i]!;
      products[c]! += dys[i]! * (from[i]! - means[c]!);
    }
  }
  // dx is linear in dy and x: dy a + x b + shift.
  const a = new Float64Array(channels);
  const b = new Float64Array(channels);
  const shift = new Float64Array(channels);
  for (let c = 0; c < channels; c++) {
    const r = 1 / Math.sqrt(floats(backend, variance!)[c]! + (attrs.epsilon as number));
    products[c]! *= r;
    a[c] = floats(backend, gamma!)[c]! * r;
    b[c] = (-a[c]! * r * products[c]!) / rows;
    shift[c] = (-a[c]! * sums[c]!) / rows - b[c]! * means[c]!;
  }
  const to = floats(backend, dx);
  for (let i = 0; i < from.length;) {
    for (let c = 0; c < channels; c++, i++) to[i] = dys[i]! * a[c]! + from[i]! * b[c]! + shift[c]!;
  }
  floats(backend, dgamma).set(products);
  floats(backend, dbeta).set(sums);
  return [dx, dgamma, dbeta];
};
