import * as tf from '@tensorflow/tfjs';

type Geometry = tf.backend_util.Conv2DInfo;
type Pair = [number, number];

/**
 * The gradients of a convolution as convolutions: fast where only the forward pass is, and with any
 * dilation. `geometry` is the forward convolution's, as `computeConv2DInfo` gives it, NHWC.
 */

/**
 * [kh, kw, in, out] = sum over images and places of x times dy: a convolution of x with the kernel dy, where
 * the channels of x are the images and the images the channels, and stride and dilation change places.
 */
export function filterGradient(x: tf.Tensor, dy: tf.Tensor, geometry: Geometry): tf.Tensor {
  return tf.tidy(() => {
    const { filterHeight, filterWidth, padInfo } = geometry;
    const bottom = reach(geometry, 'Height') - geometry.inHeight - padInfo.top;
    const right = reach(geometry, 'Width') - geometry.inWidth - padInfo.left;
    const gradient = convolve(
      tf.transpose(x, [3, 1, 2, 0]),
      tf.transpose(dy, [1, 2, 0, 3]),
      [geometry.dilationHeight, geometry.dilationWidth],
      [geometry.strideHeight, geometry.strideWidth],
      [padInfo.top, Math.max(0, bottom)],
      [padInfo.left, Math.max(0, right)],
    );
    // Rows and columns at the end that no window reaches give places too many.
    const [inputs, height, width, outputs] = gradient.shape as [number, number, number, number];
    const exact =
      height === filterHeight && width === filterWidth
        ? gradient
        : tf.slice(gradient, [0, 0, 0, 0], [inputs, filterHeight, filterWidth, outputs]);
    return tf.transpose(exact, [1, 2, 0, 3]);
  });
}

/** [N, H, W, in]: dy with strides filled by zeros, convolved with the kernel turned round. */
export function inputGradient(dy: tf.Tensor, filter: tf.Tensor, geometry: Geometry): tf.Tensor {
  return tf.tidy(() =>
    convolve(
      spread(dy, geometry),
      tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]),
      [1, 1],
      [geometry.dilationHeight, geometry.dilationWidth],
      ...inputPadding(geometry),
    ),
  );
}

/** [N, H, W, C] of a depthwise convolution with a kernel [kh, kw, C, multiplier]. */
export function depthwiseInputGradient(dy: tf.Tensor, filter: tf.Tensor, geometry: Geometry): tf.Tensor {
  return tf.tidy(() => {
    const [height, width, channels, multiplier] = filter.shape as [number, number, number, number];
    const [vertical, horizontal] = inputPadding(geometry);
    const turned = tf.reshape(tf.reverse(filter, [0, 1]), [height, width, channels * multiplier, 1]);
    const gradient = tf.engine().runKernel(
      tf.DepthwiseConv2dNative,
      { x: spread(dy, geometry), filter: turned },
      {
        strides: [1, 1],
        pad: [[0, 0], vertical, horizontal, [0, 0]],
        dilations: [geometry.dilationHeight, geometry.dilationWidth],
      },
    ) as unknown as tf.Tensor;
    return multiplier === 1 ? gradient : tf.sum(tf.reshape(gradient, [...geometry.inShape, multiplier]), -1);
  });
}

/** How far the input reaches that the windows see, padding included. */
function reach(geometry: Geometry, side: 'Height' | 'Width'): number {
  return (geometry[`out${side}`] - 1) * geometry[`stride${side}`] + geometry[`effectiveFilter${side}`];
}

/** The rows and columns of zeros around the spread dy that make the result as large as the input. */
function inputPadding(geometry: Geometry): [Pair, Pair] {
  const around = (side: 'Height' | 'Width', before: number): Pair => [
    geometry[`effectiveFilter${side}`] - 1 - before,
    geometry[`in${side}`] + before - spreadSize(geometry, side),
  ];
  return [around('Height', geometry.padInfo.top), around('Width', geometry.padInfo.left)];
}

/** dy's own size with the zeros between, and those after the last that the input's end leaves room for. */
function spreadSize(geometry: Geometry, side: 'Height' | 'Width'): number {
  const before = side === 'Height' ? geometry.padInfo.top : geometry.padInfo.left;
  return Math.min(geometry[`out${side}`] * geometry[`stride${side}`], geometry[`in${side}`] + before);
}

/** Puts stride - 1 zeros after every row and column of dy. */
function spread(dy: tf.Tensor, geometry: Geometry): tf.Tensor {
  const { outHeight: height, outWidth: width, strideHeight, strideWidth } = geometry;
  if (strideHeight === 1 && strideWidth === 1) return dy;
  const images = dy.shape[0];
  const channels = dy.shape[3]!;
  const apart = tf.pad(tf.reshape(dy, [images, height, 1, width, 1, channels]), [
    [0, 0],
    [0, 0],
    [0, strideHeight - 1],
    [0, 0],
    [0, strideWidth - 1],
    [0, 0],
  ]);
  const whole = tf.reshape(apart, [images, height * strideHeight, width * strideWidth, channels]);
  const [rows, columns] = [spreadSize(geometry, 'Height'), spreadSize(geometry, 'Width')];
  return rows === whole.shape[1] && columns === whole.shape[2]
    ? whole
    : tf.slice(whole, [0, 0, 0, 0], [images, rows, columns, channels]);
}

/** A convolution of any stride, dilation and padding; `tf.conv2d` takes stride or dilation, not both. */
function convolve(
  x: tf.Tensor,
  filter: tf.Tensor,
  strides: Pair,
  dilations: Pair,
  vertical: Pair,
  horizontal: Pair,
): tf.Tensor {
  const pad = [[0, 0], vertical, horizontal, [0, 0]];
  const attributes = { strides, dilations, pad, dataFormat: 'NHWC' };
  return tf.engine().runKernel<tf.Tensor>(tf.Conv2D, { x, filter }, attributes);
}
