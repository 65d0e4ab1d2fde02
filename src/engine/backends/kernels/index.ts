import type { BackendName } from '../report';
import { registerAbsGradient } from './abs-gradient';
import { registerBatchNormGradient } from './batch-norm';
import { fuseBatchNormLayer } from './batch-norm-layer';
import { registerConvolutionGradient } from './convolution-gradient';
import { unfuseConvolutionLayer } from './convolution-layer';
import { registerReductionGradients } from './reduction-gradients';
import { registerReluGradients } from './relu';
import { registerTensorflowKernels } from './tensorflow';
import { registerWasmKernels } from './wasm';

export { batchNormTrain } from './batch-norm';

const installed = new Set<string>();

/**
 * Registers the kernels that TensorFlow.js lacks, or has slow, on a backend, and the gradients and layers that
 * use them on whatever backend has them. To be called after the backend is set; a second call does nothing.
 */
export function installKernels(backend: BackendName): void {
  once('gradients', () => {
    registerAbsGradient();
    registerBatchNormGradient();
    registerReductionGradients();
    registerReluGradients();
    registerConvolutionGradient();
    fuseBatchNormLayer();
    unfuseConvolutionLayer();
  });
  switch (backend) {
    case 'tensorflow-gpu':
      once(backend, () => registerTensorflowKernels('gpu'));
      break;
    case 'tensorflow-cpu':
      once(backend, () => registerTensorflowKernels('cpu'));
      break;
    case 'wasm':
      once(backend, registerWasmKernels);
      break;
    case 'webgpu':
      break;
  }
}

function once(what: string, install: () => void): void {
  if (installed.has(what)) return;
  installed.add(what);
  install();
}
