import * as tf from '@tensorflow/tfjs';

/** What tfjs's own convolution layer holds once it is built. */
interface ConvolutionLayer {
  readonly kernel: { read(): tf.Tensor };
  readonly bias: { read(): tf.Tensor } | null;
  readonly strides: [number, number];
  readonly dilationRate: [number, number];
  readonly padding: 'same' | 'valid' | 'causal';
  readonly dataFormat: string;
  readonly activation: { apply(x: tf.Tensor): tf.Tensor };
}

type Call = (
  this: ConvolutionLayer,
  inputs: tf.Tensor | tf.Tensor[],
  options: { training?: boolean },
) => tf.Tensor | tf.Tensor[];

/**
 * Lets every layer of `tf.layers.conv2d` train through `tf.conv2d`. tfjs's fused convolution, which the layer
 * uses otherwise, computes the gradient of its input even where nothing asks for it, as in a network's first
 * layer, and refuses dilation.
 */
export function unfuseConvolutionLayer(): void {
  const layer = tf.layers.conv2d({ filters: 1, kernelSize: 1 }).constructor as unknown as {
    prototype: { call: Call };
  };
  const original = layer.prototype.call;
  layer.prototype.call = function (inputs, options) {
    return options.training === true && this.dataFormat === 'channelsLast' && this.padding !== 'causal'
      ? train(this, Array.isArray(inputs) ? inputs[0]! : inputs, this.padding)
      : original.call(this, inputs, options);
  };
}

function train(layer: ConvolutionLayer, x: tf.Tensor, padding: 'same' | 'valid'): tf.Tensor {
  return tf.tidy(() => {
    const y = tf.conv2d(
      x as tf.Tensor4D,
      layer.kernel.read() as tf.Tensor4D,
      layer.strides,
      padding,
      'NHWC',
      layer.dilationRate,
    );
    return layer.activation.apply(layer.bias ? tf.add(y, layer.bias.read()) : y);
  });
}
