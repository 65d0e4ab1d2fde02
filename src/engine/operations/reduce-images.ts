import * as tf from '@tensorflow/tfjs';

/**
 * Images [N, H, W, C] at a smaller size, as Pillow's `BILINEAR` and PyTorch's `interpolate` with `antialias=True`
 * reduce them: a triangle as wide as the reduction in each axis, so that fine patterns are averaged and do not turn
 * into coarse ones. No gradient flows back.
 */
export function reduceImages(images: tf.Tensor4D, height: number, width: number): tf.Tensor4D {
  const [samples, rows, columns, channels] = images.shape;
  return tf.tidy(() => {
    const lines: tf.Tensor3D = tf.reshape(images, [samples, rows, columns * channels]);
    const fewer = tf.matMul(triangles(rows, height), lines);
    const pixels: tf.Tensor3D = tf.reshape(fewer, [samples * height, columns, channels]);
    return tf.reshape(tf.matMul(triangles(columns, width), pixels), [samples, height, width, channels]);
  });
}

/** What each output position takes from each input position, [1, to, from]: the same for all images. */
function triangles(from: number, to: number): tf.Tensor3D {
  const scale = from / to;
  const shares = Array.from({ length: to }, (_, out) => {
    const centre = (out + 0.5) * scale;
    const heights = Array.from({ length: from }, (_, at) =>
      Math.max(0, 1 - Math.abs((at + 0.5 - centre) / scale)),
    );
    const sum = heights.reduce((total, height) => total + height, 0);
    return heights.map((height) => height / sum);
  });
  return tf.tensor3d([shares]);
}
