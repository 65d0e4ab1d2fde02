import * as tf from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';

export interface KernelCall {
  readonly inputs: Readonly<Record<string, tf.TensorInfo>>;
  readonly attrs: tf.NamedAttrMap;
  readonly backend: BackendWasm;
}

/**
 * A kernel that calls operations gets tensors, as the engine calls it with them, and returns some: it must not be
 * called by another kernel, which has only their data.
 */
export type Kernel = (call: KernelCall) => tf.TensorInfo | tf.TensorInfo[];

/** Registers a kernel for WASM, in place of the one that is there. */
export function registerWasmKernel(kernelName: string, kernel: Kernel): void {
  if (wasmKernel(kernelName) !== undefined) tf.unregisterKernel(kernelName, 'wasm');
  tf.registerKernel({
    kernelName,
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs, backend }) =>
      kernel({
        inputs: inputs as KernelCall['inputs'],
        attrs: attrs ?? {},
        backend: backend as BackendWasm,
      }),
  });
}

/** The kernel that WASM has now. */
export function wasmKernel(kernelName: string): Kernel | undefined {
  // Typed as always there, and undefined where it is not.
  const config = tf.getKernel(kernelName, 'wasm') as tf.KernelConfig | undefined;
  return config && config.kernelFunc;
}

/**
 * The numbers of float32 tensors where they lie. Making a tensor, or fetching one from another backend, can grow
 * the heap, which detaches all arrays made before: take these together, after all outputs are made.
 */
export function floats(backend: BackendWasm, ...tensors: tf.TensorInfo[]): Float32Array[] {
  for (const { dataId } of tensors) backend.dataIdMap.get(dataId);
  return tensors.map((tensor) => backend.typedArrayFromHeap(tensor) as Float32Array);
}

export function sizeOf(tensor: tf.TensorInfo): number {
  return tf.util.sizeFromShape(tensor.shape);
}
