import util from 'node:util';
import * as tf from '@tensorflow/tfjs';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend';
import type { TFJSBinding } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding';
import { bindingFile } from '../../backends';

/** What TensorFlow says of itself. */
export interface LoadedTensorflow {
  readonly version: string;
  readonly usesGpu: boolean;
}

let loaded: LoadedTensorflow | undefined;

/** A process can hold only one TensorFlow. */
export function isTensorflowLoaded(): boolean {
  return loaded !== undefined;
}

/**
 * Loads an installed TensorFlow into this process and makes it TensorFlow.js's backend `tensorflow`. If one is
 * loaded already, that one is given.
 *
 * @param options.hideGpus - keep the GPU build on the CPU
 */
export async function loadTensorflow(
  build: 'cpu' | 'gpu',
  options: { readonly hideGpus?: boolean } = {},
): Promise<LoadedTensorflow> {
  return (loaded ??= await load(build, options.hideGpus ?? false));
}

async function load(build: 'cpu' | 'gpu', hideGpus: boolean): Promise<LoadedTensorflow> {
  // All of these are read when the library starts. Without the first, a process takes the whole GPU at once.
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= 'true';
  process.env.CUDA_DEVICE_ORDER ??= 'PCI_BUS_ID';
  if (hideGpus) process.env.CUDA_VISIBLE_DEVICES = '-1';
  // Errors reach us as exceptions; what TensorFlow prints beside them is for its own developers.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '3';
  provideOldUtilities();

  // The package's own entry point looks for the binding that its install script downloads; these are its parts.
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- its path is known only now
  const binding = require(bindingFile(build)) as TFJSBinding & { readonly TF_Version: string };
  await import('@tensorflow/tfjs-node-gpu/dist/register_all_kernels.js');
  const node = await import('@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend.js');
  const backend: NodeJSKernelBackend = new node.NodeJSKernelBackend(binding, '@tensorflow/tfjs-node-gpu');
  tf.registerBackend('tensorflow', () => backend);
  await tf.setBackend('tensorflow');
  return { version: binding.TF_Version, usesGpu: backend.isUsingGpuDevice };
}

/** tfjs-node calls two functions of `node:util` that Node 22 warns of and Node 23 has no more. */
function provideOldUtilities(): void {
  const utilities = util as unknown as Record<string, unknown>;
  utilities.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  utilities.isArray = Array.isArray;
}
