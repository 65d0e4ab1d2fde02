import * as tf from '@tensorflow/tfjs';
import { registerWasmKernel, wasmKernel } from './registration';

/**
 * Sum and mean over adjoining axes that are not the last ones (biases, batch statistics, global pooling) as
 * average pooling, where tfjs transposes first. All others are left to tfjs.
 */
export function registerReductions(): void {
  for (const name of [tf.Sum, tf.Mean]) {
    const original = wasmKernel(name)!;
    registerWasmKernel(name, (call) => {
      const { shape, dtype } = call.inputs.x!;
      const axes = tf.util.parseAxisParam(call.attrs.axis as number | number[], shape).sort((a, b) => a - b);
      const first = axes[0]!;
      const end = first + axes.length;
      const adjoin = axes.length > 0 && axes.every((axis, index) => axis === first + index);
      if (dtype !== 'float32' || !adjoin || end >= shape.length) return original(call);
      return tf.tidy(() => {
        const mean = means(call.inputs.x as tf.Tensor, first, end);
        const kept = call.attrs.keepDims ? axes.map(() => 1) : [];
        const count = tf.util.sizeFromShape(shape.slice(first, end));
        return tf.reshape(name === tf.Mean ? mean : tf.mul(mean, count), [
          ...shape.slice(0, first),
          ...kept,
          ...shape.slice(end),
        ]);
      });
    });
  }
}

/**
 * Over the axes from `first` to before `end`: over all but the first of them, then over that, so that no long
 * chain of additions rounds away what is small.
 */
function means(x: tf.Tensor, first: number, end: number): tf.Tensor {
  const sizes = [x.shape.slice(0, first), x.shape.slice(first + 1, end), x.shape.slice(end)];
  const [outer, others, inner] = sizes.map((shape) => tf.util.sizeFromShape(shape));
  const partial = pool(x, outer! * x.shape[first]!, others!, inner!);
  return pool(partial, outer!, x.shape[first]!, inner!);
}

/** The means of [outer, count, inner] over its middle. */
function pool(x: tf.Tensor, outer: number, count: number, inner: number): tf.Tensor {
  const columns = tf.reshape<tf.Rank.R4>(x, [outer, count, 1, inner]);
  return count === 1 ? columns : tf.avgPool(columns, [count, 1], 1, 'valid');
}
