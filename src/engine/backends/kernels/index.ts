import type { BackendName } from '../report';
import { registerBatchNormGradient } from './batch-norm';
import { fuseBatchNormLayer } from './batch-norm-layer';
import { registerReluGradients } from './relu';
import { registerTensorflowKernels } from './tensorflow';

export { batchNormTrain } from './batch-norm';

/**
 * Registers the kernels and gradients that TensorFlow.js lacks, or leaves slow, on a backend.
 * To be called once in a process, after the backend is set.
 */
export function installKernels(backend: BackendName): void {
  switch (backend) {
    case 'tensorflow-gpu':
    case 'tensorflow-cpu':
      registerTensorflowKernels();
      registerBatchNormGradient();
      fuseBatchNormLayer();
      registerReluGradients();
      break;
    case 'webgpu':
    case 'wasm':
      break;
  }
}
