import { registerBatchNorm } from './batch-norm';
import { registerConvolutionGradients } from './convolution';
import { registerIdentity } from './identity';
import { registerMatMul } from './mat-mul';
import { registerPoolingGradients } from './pooling';
import { registerReductions } from './reductions';
import { registerSegmentSum } from './segment-sum';
import { registerTile } from './tile';

/** Registers what training needs and tfjs lacks on WASM, and replaces what it has slow. */
export function registerWasmKernels(): void {
  registerBatchNorm();
  registerConvolutionGradients();
  registerIdentity();
  registerMatMul();
  registerPoolingGradients();
  registerReductions();
  registerSegmentSum();
  registerTile();
}
