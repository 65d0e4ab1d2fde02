import { registerBatchNorm } from './batch-norm';
import { registerMaxPoolGradient } from './max-pool';
import { registerReluGradientKernels } from './relu';

/** Registers kernels that TensorFlow has and tfjs does not use. */
export function registerTensorflowKernels(device: 'cpu' | 'gpu'): void {
  registerBatchNorm();
  registerReluGradientKernels();
  if (device === 'cpu') registerMaxPoolGradient();
}
