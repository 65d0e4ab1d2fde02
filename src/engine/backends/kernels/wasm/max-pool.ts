import * as tf from '@tensorflow/tfjs';
import { floats, type Kernel, registerWasmKernel } from './heap';

export function registerMaxPoolGradient(): void {
  registerWasmKernel(tf.MaxPoolGrad, gradient);
}

/** Sends each dy to the first largest input of its window. */
const gradient: Kernel = ({ inputs, attrs, backend }) => {
  const { dy, input } = inputs;
  const { filterSize, strides, pad, dimRoundingMode } = attrs as unknown as tf.MaxPoolGradAttrs;
  const window = tf.backend_util.computePool2DInfo(
    input!.shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const { inHeight, inWidth, outHeight, outWidth, inChannels: channels, padInfo } = window;
  const dx = backend.makeOutput(input!.shape, 'float32');
  const x = floats(backend, input!);
  const dys = floats(backend, dy!);
  const to = floats(backend, dx).fill(0);

  let position = 0;
  for (let image = 0; image < window.batchSize; image++) {
    for (let row = 0; row < outHeight; row++) {
      const firstRow = row * window.strideHeight - padInfo.top;
      const top = Math.max(0, firstRow);
      const bottom = Math.min(inHeight, firstRow + window.filterHeight);
      for (let column = 0; column < outWidth; column++) {
        const firstColumn = column * window.strideWidth - padInfo.left;
        const left = Math.max(0, firstColumn);
        const right = Math.min(inWidth, firstColumn + window.filterWidth);
        const corner = ((image * inHeight + top) * inWidth + left) * channels;
        for (let c = 0; c < channels; c++) {
          let best = corner + c;
          for (let y = top; y < bottom; y++) {
            let i = ((image * inHeight + y) * inWidth + left) * channels + c;
            for (let column = left; column < right; column++, i += channels) {
              if (x[i]! > x[best]!) best = i;
            }
          }
          to[best]! += dys[position++]!;
        }
      }
    }
  }
  return dx;
};
