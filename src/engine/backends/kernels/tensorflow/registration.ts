import * as tf from '@tensorflow/tfjs';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend';
import type { TFEOpAttr } from '@tensorflow/tfjs-node-gpu/dist/tfjs_binding';

export type Backend = NodeJSKernelBackend;

/** What the engine calls a kernel with; unlike another kernel, it has tensors. */
export interface KernelCall {
  readonly inputs: tf.NamedTensorMap;
  readonly attrs: tf.NamedAttrMap;
  readonly backend: Backend;
}

/** Registers a kernel for TensorFlow, in place of the one that is there. */
export function registerTensorflowKernel(
  kernelName: string,
  kernel: (call: KernelCall) => tf.Tensor | tf.Tensor[],
): void {
  const backendName = 'tensorflow';
  // Typed as always there, and undefined where it is not.
  if ((tf.getKernel(kernelName, backendName) as unknown) !== undefined) {
    tf.unregisterKernel(kernelName, backendName);
  }
  tf.registerKernel({
    kernelName,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) =>
      kernel({ inputs: inputs as tf.NamedTensorMap, attrs: attrs ?? {}, backend: backend as Backend }),
  });
}

type AttributeType = 'TYPE' | 'INT' | 'FLOAT' | 'BOOL' | 'STRING';

/** An attribute of a TensorFlow operation; lists of integers count as INT. */
export function attribute(
  { binding }: Backend,
  name: string,
  type: AttributeType,
  value: TFEOpAttr['value'],
): TFEOpAttr {
  return { name, type: binding[`TF_ATTR_${type}`], value };
}
