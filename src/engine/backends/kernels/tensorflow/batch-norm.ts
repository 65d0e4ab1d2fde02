import * as tf from '@tensorflow/tfjs';
import { BatchNormTrain, BatchNormTrainGrad } from '../batch-norm';
import { attribute, type Backend, type KernelCall, registerTensorflowKernel } from './registration';

export function registerBatchNorm(): void {
  registerTensorflowKernel(BatchNormTrain, train);
  registerTensorflowKernel(BatchNormTrainGrad, gradient);
}

function train({ inputs, attrs, backend }: KernelCall): tf.Tensor[] {
  const { x, gamma, beta } = inputs;
  const samples = x!.size / gamma!.size;
  const none = tf.tensor1d([], 'float32');
  const [y, mean, unbiased, ...reserved] = backend.executeMultipleOutputs(
    'FusedBatchNormV3',
    attributes(backend, attrs),
    [x!, gamma!, beta!, none, none],
    6,
  );
  none.dispose();
  // TensorFlow gives the variance with Bessel's correction, n / (n - 1), or uncorrected for n = 1.
  const variance = tf.mul(unbiased!, samples > 1 ? (samples - 1) / samples : 1);
  unbiased!.dispose();
  return [y!, mean!, variance, ...reserved];
}

function gradient({ inputs, attrs, backend }: KernelCall): tf.Tensor[] {
  const { dy, x, gamma, reserve2, reserve3, reserve4 } = inputs;
  const [dx, dgamma, dbeta, ...unused] = backend.executeMultipleOutputs(
    'FusedBatchNormGradV3',
    attributes(backend, attrs),
    [dy!, x!, gamma!, reserve2!, reserve3!, reserve4!],
    5,
  );
  tf.dispose(unused);
  return [dx!, dgamma!, dbeta!];
}

function attributes(backend: Backend, { epsilon }: tf.NamedAttrMap) {
  const float = backend.binding.TF_FLOAT;
  return [
    attribute(backend, 'T', 'TYPE', float),
    attribute(backend, 'U', 'TYPE', float),
    attribute(backend, 'epsilon', 'FLOAT', epsilon as number),
    attribute(backend, 'data_format', 'STRING', 'NHWC'),
    attribute(backend, 'is_training', 'BOOL', true),
  ];
}
