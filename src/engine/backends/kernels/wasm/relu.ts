import { Relu6Grad, ReluGrad } from '../relu';
import { floats, type Kernel, registerWasmKernel } from './heap';

export function registerReluGradientKernels(): void {
  registerWasmKernel(ReluGrad, gradient(Infinity));
  registerWasmKernel(Relu6Grad, gradient(6));
}

/**
 * Of an activation that passes what lies between 0 and a bound. On the bits of the numbers, because a processor
 * guesses half of the branches wrong here: floats from 0 up sort as their bits do, and `>> 31` makes of a
 * negative difference a mask of ones.
 */
function gradient(bound: number): Kernel {
  const boundBits = new Int32Array(Float32Array.of(bound).buffer)[0]!;
  return ({ inputs, backend }) => {
    const dx = backend.makeOutput(inputs.dy!.shape, 'float32');
    const dys = bits(floats(backend, inputs.dy!));
    const ys = bits(floats(backend, inputs.y!));
    const to = bits(floats(backend, dx));
    for (let i = 0; i < to.length; i++) to[i] = dys[i]! & ((-ys[i]! & (ys[i]! - boundBits)) >> 31);
    return dx;
  };
}

function bits(numbers: Float32Array): Int32Array {
  return new Int32Array(numbers.buffer, numbers.byteOffset, numbers.length);
}
