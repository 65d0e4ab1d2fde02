import * as tf from '@tensorflow/tfjs';
import { floats, type Kernel, type KernelCall, registerWasmKernel, sizeOf, wasmKernel } from './registration';

/**
 * tfjs multiplies fast on WASM only where nothing is transposed and there is one matrix on each side. So
 * transpose first, and multiply matrix by matrix.
 */
export function registerMatMul(): void {
  const original = wasmKernel(tf.BatchMatMul)!;
  const transpose = wasmKernel(tf.Transpose)!;
  registerWasmKernel(tf.BatchMatMul, (call) => {
    const { inputs, attrs, backend } = call;
    const made: tf.TensorInfo[] = [];
    const upright = (matrices: tf.TensorInfo, transposed: boolean): tf.TensorInfo => {
      if (!transposed) return matrices;
      const axes = matrices.shape.map((_, axis) => axis);
      const perm = [...axes.slice(0, -2), axes.length - 1, axes.length - 2];
      const turned = transpose({ inputs: { x: matrices }, attrs: { perm }, backend }) as tf.TensorInfo;
      made.push(turned);
      return turned;
    };
    const a = upright(inputs.a!, attrs.transposeA as boolean);
    const b = upright(inputs.b!, attrs.transposeB as boolean);
    const product = multiply({ inputs: { a, b }, attrs, backend }, original);
    for (const turned of made) backend.disposeData(turned.dataId);
    return product;
  });
}

/** a [..., m, k] times b [..., k, n]. */
function multiply({ inputs, backend }: KernelCall, original: Kernel): tf.TensorInfo {
  const a = inputs.a!;
  const b = inputs.b!;
  const attrs = { transposeA: false, transposeB: false };
  const outer = a.shape.slice(0, -2);
  const count = tf.util.sizeFromShape(outer);
  // What tfjs does well itself, or can do and this cannot: broadcasting.
  if (count === 1 || !tf.util.arraysEqual(outer, b.shape.slice(0, -2))) {
    return original({ inputs: { a, b }, attrs, backend }) as tf.TensorInfo;
  }
  const [m, k] = a.shape.slice(-2) as [number, number];
  const n = b.shape[b.shape.length - 1]!;
  const one = (matrices: tf.TensorInfo, index: number, shape: [number, number]): tf.TensorInfo => {
    const matrix = backend.makeOutput(shape, 'float32');
    const size = sizeOf(matrix);
    const [from, to] = floats(backend, matrices, matrix);
    to!.set(from!.subarray(index * size, (index + 1) * size));
    return matrix;
  };
  const out = backend.makeOutput([...outer, m, n], 'float32');
  for (let index = 0; index < count; index++) {
    const left = one(a, index, [m, k]);
    const right = one(b, index, [k, n]);
    const product = original({ inputs: { a: left, b: right }, attrs, backend }) as tf.TensorInfo;
    const [from, to] = floats(backend, product, out);
    to!.set(from!, index * m * n);
    for (const matrix of [left, right, product]) backend.disposeData(matrix.dataId);
  }
  return out;
}
