import * as tf from '@tensorflow/tfjs';
import type { BuilderArgs } from '../network';

/**
 * The operations that the built-in networks are made of, with PyTorch's conventions: symmetric padding,
 * batch normalisation with epsilon 1e-5 and momentum 0.9 (0.1 in PyTorch's words), convolutions without bias,
 * kernels drawn from a normal distribution with variance 2 / fan out (He et al., ICCV 2015, eq. 14).
 */
export type Tensor = tf.SymbolicTensor;

export interface ConvOptions {
  readonly filters: number;
  /** Height and width of the kernel; odd. */
  readonly kernel: number;
  readonly stride?: number;
  readonly bias?: boolean;
}

export function conv(x: Tensor, name: string, options: ConvOptions): Tensor {
  const { filters, kernel, stride = 1, bias = false } = options;
  const layer = tf.layers.conv2d({
    name,
    filters,
    kernelSize: kernel,
    strides: stride,
    padding: stride === 1 ? 'same' : 'valid',
    useBias: bias,
    kernelInitializer: heNormal(kernel * kernel * filters),
  });
  return layer.apply(padForStride(x, name, kernel, stride)) as Tensor;
}

/** One filter a channel. */
export function depthwiseConv(
  x: Tensor,
  name: string,
  { kernel, stride = 1 }: { kernel: number; stride?: number },
): Tensor {
  const layer = tf.layers.depthwiseConv2d({
    name,
    kernelSize: kernel,
    strides: stride,
    padding: stride === 1 ? 'same' : 'valid',
    useBias: false,
    depthwiseInitializer: heNormal(kernel * kernel * channels(x)),
  });
  return layer.apply(padForStride(x, name, kernel, stride)) as Tensor;
}

export function batchNorm(x: Tensor, name: string): Tensor {
  return tf.layers.batchNormalization({ name, epsilon: 1e-5, momentum: 0.9 }).apply(x) as Tensor;
}

export function relu(x: Tensor, name: string): Tensor {
  return tf.layers.reLU({ name }).apply(x) as Tensor;
}

export function relu6(x: Tensor, name: string): Tensor {
  return tf.layers.reLU({ name, maxValue: 6 }).apply(x) as Tensor;
}

export function add(inputs: readonly Tensor[], name: string): Tensor {
  return tf.layers.add({ name }).apply([...inputs]) as Tensor;
}

/** 3x3, stride 2, padding 1. Padding with zeros equals PyTorch's minus infinity, since `x` comes from a ReLU. */
export function maxPool3(x: Tensor, name: string): Tensor {
  const pool = tf.layers.maxPooling2d({ name, poolSize: 3, strides: 2, padding: 'valid' });
  return pool.apply(zeroPad(x, `${name}_pad`, 1)) as Tensor;
}

/** 2x2, stride 2. */
export function maxPool2(x: Tensor, name: string): Tensor {
  return tf.layers.maxPooling2d({ name, poolSize: 2, strides: 2 }).apply(x) as Tensor;
}

/** Mean over height and width: [N, C]. */
export function globalAveragePool(x: Tensor): Tensor {
  return tf.layers.globalAveragePooling2d({ name: 'pool' }).apply(x) as Tensor;
}

/**
 * How a classifier starts: as PyTorch's `nn.Linear` does (uniform in +-1/sqrt(fan in), the bias too), the same
 * with a bias of zero, or normal with a standard deviation of 0.01 and a bias of zero.
 */
export type HeadStart = 'uniform' | 'uniform, no bias' | 'normal, no bias';

/** The classifier: logits [N, classes]. */
export function head(x: Tensor, classes: number, start: HeadStart): Tensor {
  const bound = 1 / Math.sqrt(channels(x));
  const uniform = tf.initializers.randomUniform({ minval: -bound, maxval: bound });
  const normal = tf.initializers.randomNormal({ mean: 0, stddev: 0.01 });
  const layer = tf.layers.dense({
    name: 'head',
    units: classes,
    kernelInitializer: start === 'normal, no bias' ? normal : uniform,
    biasInitializer: start === 'uniform' ? uniform : 'zeros',
  });
  return layer.apply(x) as Tensor;
}

export function input({ inputShape }: BuilderArgs): Tensor {
  return tf.input({ name: 'input', shape: [...inputShape] });
}

export function channels(x: Tensor): number {
  return x.shape[x.shape.length - 1]!;
}

function heNormal(fanOut: number) {
  return tf.initializers.randomNormal({ mean: 0, stddev: Math.sqrt(2 / fanOut) });
}

/** With a stride, TensorFlow's 'same' pads more at the end than at the start; PyTorch pads alike. */
function padForStride(x: Tensor, name: string, kernel: number, stride: number): Tensor {
  if (stride === 1 || kernel === 1) return x;
  return zeroPad(x, `${name}_pad`, (kernel - 1) / 2);
}

function zeroPad(x: Tensor, name: string, size: number): Tensor {
  const padding: [[number, number], [number, number]] = [
    [size, size],
    [size, size],
  ];
  return tf.layers.zeroPadding2d({ name, padding }).apply(x) as Tensor;
}
