import * as tf from '@tensorflow/tfjs';
import { poolWindows } from '../pool-windows';
import { floats, type Kernel, type KernelCall, registerWasmKernel } from './registration';

type Windows = tf.backend_util.Conv2DInfo;

/**
 * The gradients of pooling. tfjs's own for the maximum is slow; for the average it divides by the whole window
 * at the borders too, where the average itself leaves the padding out.
 */
export function registerPoolingGradients(): void {
  registerWasmKernel(tf.MaxPoolGrad, maxPoolGradient);
  registerWasmKernel(tf.AvgPoolGrad, avgPoolGradient);
}

/** Sends each dy to the first largest input of its window. */
const maxPoolGradient: Kernel = (call) => {
  const { dx, x, dys, to, windows } = prepare(call);
  const { inChannels: channels, inWidth } = windows;
  forEachWindow(windows, (output, corner, rows, columns) => {
    for (let c = 0; c < channels; c++) {
      let best = corner + c;
      for (let row = 0; row < rows; row++) {
        let i = corner + row * inWidth * channels + c;
        for (let column = 0; column < columns; column++, i += channels) if (x[i]! > x[best]!) best = i;
      }
      to[best]! += dys[output + c]!;
    }
  });
  return dx;
};

/** Shares each dy among the inputs of its window. */
const avgPoolGradient: Kernel = (call) => {
  const { dx, dys, to, windows } = prepare(call);
  const { inChannels: channels, inWidth } = windows;
  forEachWindow(windows, (output, corner, rows, columns) => {
    for (let row = 0; row < rows; row++) {
      const start = corner + row * inWidth * channels;
      for (let i = 0; i < columns * channels; i++) {
        to[start + i]! += dys[output + (i % channels)]! / (rows * columns);
      }
    }
  });
  return dx;
};

function prepare({ inputs, attrs, backend }: KernelCall) {
  const { dy, input } = inputs;
  const windows = poolWindows(input!, attrs as unknown as tf.MaxPoolGradAttrs);
  const dx = backend.makeOutput(input!.shape, 'float32');
  const [x, dys, to] = floats(backend, input!, dy!, dx) as [Float32Array, Float32Array, Float32Array];
  to.fill(0);
  return { dx, x, dys, to, windows };
}

/**
 * Calls with where a window's output starts, where its first input starts, and its size without the padding.
 */
function forEachWindow(
  windows: Windows,
  visit: (output: number, corner: number, rows: number, columns: number) => void,
): void {
  const { inHeight, inWidth, inChannels: channels, padInfo } = windows;
  let output = 0;
  for (let image = 0; image < windows.batchSize; image++) {
    for (let row = 0; row < windows.outHeight; row++) {
      const firstRow = row * windows.strideHeight - padInfo.top;
      const top = Math.max(0, firstRow);
      const rows = Math.min(inHeight, firstRow + windows.filterHeight) - top;
      for (let column = 0; column < windows.outWidth; column++, output += channels) {
        const firstColumn = column * windows.strideWidth - padInfo.left;
        const left = Math.max(0, firstColumn);
        const columns = Math.min(inWidth, firstColumn + windows.filterWidth) - left;
        visit(output, ((image * inHeight + top) * inWidth + left) * channels, rows, columns);
      }
    }
  }
}
