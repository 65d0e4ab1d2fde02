import { Relu6Grad, ReluGrad } from '../relu';
import { attribute, registerTensorflowKernel } from './registration';

/** TensorFlow's own kernels have the same names. */
export function registerReluGradientKernels(): void {
  for (const name of [ReluGrad, Relu6Grad]) {
    registerTensorflowKernel(name, ({ inputs, backend }) =>
      backend.executeSingleOutput(
        name,
        [attribute(backend, 'T', 'TYPE', backend.binding.TF_FLOAT)],
        [inputs.dy!, inputs.y!],
      ),
    );
  }
}
