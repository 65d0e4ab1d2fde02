/** What `dist/engine.js` offers to training loops outside this project. */
export * as tf from '@tensorflow/tfjs';
export { ready } from './backends';
export type { BackendReport } from './backends';
export type {
  Classifier,
  DistillationMethod,
  LossInputs,
  MethodDefinition,
  Normalization,
  OneOrMore,
  Parts,
  Shape,
} from './methods/method';
export { createMethod, methods } from './methods/registry';
export { rotations } from './train/views';
