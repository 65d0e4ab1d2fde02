import * as tf from '@tensorflow/tfjs';

/** Where the windows of a two-dimensional pooling lie on its input, from the attributes that its gradient is called with. */
export function poolWindows(
  input: tf.TensorInfo,
  { filterSize, strides, pad, dimRoundingMode }: tf.MaxPoolGradAttrs,
): tf.backend_util.Conv2DInfo {
  const shape = input.shape as [number, number, number, number];
  return tf.backend_util.computePool2DInfo(shape, filterSize, strides, 1, pad, dimRoundingMode);
}
