import * as tf from '@tensorflow/tfjs';
import { depthwiseInputGradient, filterGradient, inputGradient } from '../gradients-as-convolutions';
import { floats, type Kernel, type KernelCall, registerWasmKernel } from './registration';

/** The gradients of convolutions: two that tfjs lacks on WASM, one that it has slow. */
export function registerConvolutionGradients(): void {
  registerWasmKernel(tf.Conv2DBackpropFilter, ({ inputs, attrs }) => {
    const { x, dy } = inputs as tf.NamedTensorMap;
    return filterGradient(x!, dy!, geometry(attrs, x!.shape, attrs.filterShape as number[], false));
  });
  registerWasmKernel(tf.Conv2DBackpropInput, ({ inputs, attrs }) => {
    const { dy, filter } = inputs as tf.NamedTensorMap;
    return inputGradient(dy!, filter!, geometry(attrs, attrs.inputShape as number[], filter!.shape, false));
  });
  registerWasmKernel(tf.DepthwiseConv2dNativeBackpropInput, ({ inputs, attrs }) => {
    const { dy, filter } = inputs as tf.NamedTensorMap;
    return depthwiseInputGradient(
      dy!,
      filter!,
      geometry(attrs, attrs.inputShape as number[], filter!.shape, true),
    );
  });
  registerWasmKernel(tf.DepthwiseConv2dNativeBackpropFilter, depthwiseFilterGradient);
}

function geometry(
  attrs: KernelCall['attrs'],
  inputShape: number[],
  filterShape: number[],
  depthwise: boolean,
): tf.backend_util.Conv2DInfo {
  const { strides, pad, dimRoundingMode, dataFormat } = attrs as unknown as tf.Conv2DAttrs;
  if ((dataFormat as string | undefined) === 'NCHW') {
    throw new Error('WASM convolutions take images with the channels last');
  }
  return tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    1, // With dilation no gradient comes here.
    pad,
    dimRoundingMode,
    depthwise,
  );
}

/** [kh, kw, C, multiplier]: for each place in the kernel, the sum of x times dy over images and places. */
const depthwiseFilterGradient: Kernel = ({ inputs, attrs, backend }) => {
  const { x, dy } = inputs;
  const filterShape = attrs.filterShape as [number, number, number, number];
  const forward = geometry(attrs, x!.shape, filterShape, true);
  const { inHeight, inWidth, inChannels: channels, outHeight, outWidth, padInfo } = forward;
  const out = backend.makeOutput(filterShape, 'float32');
  const xs = floats(backend, x!);
  const dys = floats(backend, dy!);
  const to = floats(backend, out);
  const [filterHeight, filterWidth, , multiplier] = filterShape;
  const outputs = channels * multiplier;

  const sums = new Float64Array(outputs);
  for (let y = 0; y < filterHeight; y++) {
    for (let x = 0; x < filterWidth; x++) {
      sums.fill(0);
      for (let image = 0; image < forward.batchSize; image++) {
        for (let row = 0; row < outHeight; row++) {
          const inRow = row * forward.strideHeight - padInfo.top + y;
          if (inRow < 0 || inRow >= inHeight) continue;
          for (let column = 0; column < outWidth; column++) {
            const inColumn = column * forward.strideWidth - padInfo.left + x;
            if (inColumn < 0 || inColumn >= inWidth) continue;
            const input = ((image * inHeight + inRow) * inWidth + inColumn) * channels;
            const output = ((image * outHeight + row) * outWidth + column) * outputs;
            if (multiplier === 1) {
              for (let c = 0; c < channels; c++) sums[c]! += xs[input + c]! * dys[output + c]!;
            } else {
              for (let o = 0; o < outputs; o++) {
                sums[o]! += xs[input + Math.floor(o / multiplier)]! * dys[output + o]!;
              }
            }
          }
        }
      }
      to.set(sums, (y * filterWidth + x) * outputs);
    }
  }
  return out;
};
