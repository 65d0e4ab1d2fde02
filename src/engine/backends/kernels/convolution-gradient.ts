import * as tf from '@tensorflow/tfjs';
import { filterGradient, inputGradient } from './gradients-as-convolutions';

/**
 * Lets convolutions with dilation, which tfjs refuses, and with explicit padding, which it refuses on TensorFlow,
 * train on every backend. The others keep tfjs's gradient.
 */
export function registerConvolutionGradient(): void {
  const original = tf.getGradient(tf.Conv2D);
  tf.unregisterGradient(tf.Conv2D);
  tf.registerGradient({
    ...original,
    gradFunc: (gradient, saved, attributes) => {
      const { strides, dilations, pad, dimRoundingMode, dataFormat } =
        attributes as unknown as tf.Conv2DAttrs;
      const common = typeof pad === 'string' && [dilations].flat().every((dilation) => dilation === 1);
      if (common || dataFormat !== 'NHWC') {
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
