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

/**
 * [kh, kw, C, multiplier]: for each place in the kernel, the sum of x times dy over images and places. Row by
 * row, which stay in the cache, and channel by channel there, whose sum stays in a register.
 */
const depthwiseFilterGradient: Kernel = ({ inputs, attrs, backend }) => {
  const filterShape = attrs.filterShape as [number, number, number, number];
  const forward = geometry(attrs, inputs.x!.shape, filterShape, true);
  const { inHeight, inWidth, inChannels, outHeight, outWidth, padInfo, strideHeight, strideWidth } = forward;
  const out = backend.makeOutput(filterShape, 'float32');
  const [xs, dys, to] = floats(backend, inputs.x!, inputs.dy!, out);
  const [filterHeight, filterWidth, , multiplier] = filterShape;
  const outputs = inChannels * multiplier;
  const sums = new Float64Array(filterHeight * filterWidth * outputs);

  for (let dyRow = 0; dyRow < forward.batchSize * outHeight; dyRow++) {
    const image = Math.floor(dyRow / outHeight);
    for (let y = 0; y < filterHeight; y++) {
      const row = (dyRow % outHeight) * strideHeight - padInfo.top + y;
      if (row < 0 || row >= inHeight) continue;
      for (let x = 0; x < filterWidth; x++) {
        // The columns of dy whose window has this place inside the input.
        const offset = x - padInfo.left;
        const first = Math.max(0, Math.ceil(-offset / strideWidth));
        const end = Math.min(outWidth, Math.ceil((inWidth - offset) / strideWidth));
        const start = ((image * inHeight + row) * inWidth + first * strideWidth + offset) * inChannels;
        for (let output = 0; output < outputs; output++) {
          let input = start + Math.floor(output / multiplier);
          let upstream = (dyRow * outWidth + first) * outputs + output;
          let sum = 0;
          for (let column = first; column < end; column++) {
            sum += xs![input]! * dys![upstream]!;
            input += strideWidth * inChannels;
            upstream += outputs;
          }
          sums[(y * filterWidth + x) * outputs + output]! += sum;
        }
      }
    }
  }
  to!.set(sums);
  return out;
};
