import type * as tf from '@tensorflow/tfjs';

const product = (sizes: readonly (number | null)[]): number =>
  sizes.reduce<number>((result, size) => result * (size ?? 0), 1);

/**
 * Floating-point operations of one call for one sample: the multiply-adds of convolutions and dense layers,
 * each counted as two, as torchvision counts them for its published models (it counts them as one). Everything
 * else (normalisation, activations, pooling; about a hundredth of the whole) and sizes not known: 0.
 */
export function flopsOf(
  layer: tf.layers.Layer,
  inputs: readonly tf.SymbolicTensor[],
  output: tf.SymbolicTensor,
): number {
  const className = layer.getClassName();
  const kernels = totalSize(layer.weights.filter((weight) => weight.shape.length >= 2));
  if (className === 'Dense') return 2 * kernels * product(output.shape.slice(1, -1));
  if (/^Conv[123]D$|^DepthwiseConv2D$|^SeparableConv2D$/.test(className)) {
    return 2 * kernels * positions(layer, output);
  }
  if (/^Conv[23]DTranspose$/.test(className)) return 2 * kernels * positions(layer, inputs[0]!);
  return 0;
}

function totalSize(kernels: readonly tf.LayerVariable[]): number {
  return kernels.reduce((sum, kernel) => sum + product(kernel.shape), 0);
}

/** Number of places of a map: its size without batch and channels. */
function positions(layer: tf.layers.Layer, map: tf.SymbolicTensor): number {
  const channelsFirst = layer.getConfig().dataFormat === 'channelsFirst';
  return product(channelsFirst ? map.shape.slice(2) : map.shape.slice(1, -1));
}
