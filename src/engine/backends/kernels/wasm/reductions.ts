import * as tf from '@tensorflow/tfjs';
import { floats, type Kernel, registerWasmKernel, wasmKernel } from './heap';

/**
 * Sum and mean over adjoining axes that are not the last ones (biases, batch statistics, global pooling),
 * which tfjs transposes first. All others are left to tfjs.
 */
export function registerReductions(): void {
  for (const name of [tf.Sum, tf.Mean]) {
    const original = wasmKernel(name)!;
    registerWasmKernel(name, (call) => {
      const { x } = call.inputs;
      const axes = tf.util
        .parseAxisParam(call.attrs.axis as number | number[], x!.shape)
        .sort((a, b) => a - b);
      const first = axes[0]!;
      const last = axes[axes.length - 1]!;
      const fits = x!.dtype === 'float32' && last - first === axes.length - 1 && last < x!.shape.length - 1;
      return fits ? reduce(call, first, last + 1, name === tf.Mean) : original(call);
    });
  }
}

/** x [outer, reduced, inner] to [outer, inner], where `reduced` holds the axes from `first` to before `end`. */
function reduce(
  { inputs, attrs, backend }: Parameters<Kernel>[0],
  first: number,
  end: number,
  mean: boolean,
): tf.TensorInfo {
  const { x } = inputs;
  const outerShape = x!.shape.slice(0, first);
  const innerShape = x!.shape.slice(end);
  const kept = attrs.keepDims ? Array.from({ length: end - first }, () => 1) : [];
  const outer = tf.util.sizeFromShape(outerShape);
  const reduced = tf.util.sizeFromShape(x!.shape.slice(first, end));
  const inner = tf.util.sizeFromShape(innerShape);
  const out = backend.makeOutput([...outerShape, ...kept, ...innerShape], 'float32');
  const from = floats(backend, x!);
  const to = floats(backend, out);
  const sums = new Float64Array(inner);
  let i = 0;
  for (let block = 0; block < outer; block++) {
    sums.fill(0);
    for (let row = 0; row < reduced; row++) for (let c = 0; c < inner; c++) sums[c]! += from[i++]!;
    if (mean) for (let c = 0; c < inner; c++) sums[c]! /= reduced;
    to.set(sums, block * inner);
  }
  return out;
}
