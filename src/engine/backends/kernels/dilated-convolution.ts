import * as tf from '@tensorflow/tfjs';
import { filterGradient, inputGradient } from './conv-gradients';

/** Lets dilated convolutions train on every backend, which tfjs refuses; the others keep tfjs's gradient. */
export function registerDilatedConvolutionGradient(): void {
  const original = tf.getGradient(tf.Conv2D);
  tf.unregisterGradient(tf.Conv2D);
  tf.registerGradient({
    ...original,
    gradFunc: (gradient, saved, attributes) => {
      const { strides, dilations, pad, dimRoundingMode, dataFormat } =
        attributes as unknown as tf.Conv2DAttrs;
      if (dataFormat !== 'NHWC' || [dilations].flat().every((dilation) => dilation === 1)) {
        return original.gradFunc(gradient, saved, attributes);
      }
      const dy = gradient as tf.Tensor;
      const [x, filter] = saved as [tf.Tensor4D, tf.Tensor4D];
      const geometry = tf.backend_util.computeConv2DInfo(
        x.shape,
        filter.shape,
        strides,
        dilations,
        pad,
        dimRoundingMode,
      );
      return { x: () => inputGradient(dy, filter, geometry), filter: () => filterGradient(x, dy, geometry) };
    },
  });
}
