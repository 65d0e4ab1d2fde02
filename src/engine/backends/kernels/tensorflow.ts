import * as tf from '@tensorflow/tfjs';
import type { NodeJSKernelBackend } from '@tensorflow/tfjs-node-gpu/dist/nodejs_kernel_backend';
import { BatchNormTrain, BatchNormTrainGrad } from './batch-norm';
import { Relu6Grad, ReluGrad } from './relu';

const backendName = 'tensorflow';

/** Registers TensorFlow's fused kernels that tfjs does not use by itself. */
export function registerTensorflowKernels(): void {
  tf.registerKernel({
    kernelName: BatchNormTrain,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, gamma, beta } = inputs as tf.NamedTensorMap;
      return batchNormTrain(backend as NodeJSKernelBackend, x!, gamma!, beta!, attrs!.epsilon as number);
    },
  });
  tf.registerKernel({
    kernelName: BatchNormTrainGrad,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) =>
      batchNormTrainGrad(
        backend as NodeJSKernelBackend,
        inputs as tf.NamedTensorMap,
        attrs!.epsilon as number,
      ),
  });
  for (const name of [ReluGrad, Relu6Grad]) {
    tf.registerKernel({
      kernelName: name,
      backendName,
      kernelFunc: ({ inputs, backend }) => {
        const { dy, y } = inputs as tf.NamedTensorMap;
        const { binding } = backend as NodeJSKernelBackend;
        const attributes = [{ name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }];
        return (backend as NodeJSKernelBackend).executeSingleOutput(name, attributes, [dy!, y!]);
      },
    });
  }
}

function batchNormTrain(
  backend: NodeJSKernelBackend,
  x: tf.Tensor,
  gamma: tf.Tensor,
  beta: tf.Tensor,
  epsilon: number,
): tf.Tensor[] {
  const samples = x.size / gamma.size;
  const none = tf.tensor1d([], 'float32');
  const [y, mean, unbiased, ...reserved] = backend.executeMultipleOutputs(
    'FusedBatchNormV3',
    batchNormAttributes(backend, epsilon),
    [x, gamma, beta, none, none],
    6,
  );
  none.dispose();
  // TensorFlow gives the variance with Bessel's correction, n / (n - 1), or uncorrected for n = 1.
  const variance = tf.mul(unbiased!, samples > 1 ? (samples - 1) / samples : 1);
  unbiased!.dispose();
  return [y!, mean!, variance, ...reserved];
}

function batchNormTrainGrad(
  backend: NodeJSKernelBackend,
  inputs: tf.NamedTensorMap,
  epsilon: number,
): tf.Tensor[] {
  const { dy, x, gamma, reserve2, reserve3, reserve4 } = inputs;
  const [dx, dgamma, dbeta, ...unused] = backend.executeMultipleOutputs(
    'FusedBatchNormGradV3',
    batchNormAttributes(backend, epsilon),
    [dy!, x!, gamma!, reserve2!, reserve3!, reserve4!],
    5,
  );
  tf.dispose(unused);
  return [dx!, dgamma!, dbeta!];
}

function batchNormAttributes({ binding }: NodeJSKernelBackend, epsilon: number) {
  return [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'U', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'epsilon', type: binding.TF_ATTR_FLOAT, value: epsilon },
    { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
    { name: 'is_training', type: binding.TF_ATTR_BOOL, value: true },
  ];
}
