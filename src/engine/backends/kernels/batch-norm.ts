import * as tf from '@tensorflow/tfjs';

/**
 * Batch normalisation with the batch's own statistics, as one kernel.
 * Inputs: x [N, H, W, C], gamma [C], beta [C]; attribute: epsilon. Outputs: y, the batch's mean and
 * biased variance, both [C], then whatever the backend wants back in `BatchNormTrainGrad`.
 */
export const BatchNormTrain = 'BatchNormTrain';

/** Inputs: dy, x, gamma and all outputs of `BatchNormTrain` but y, as `reserve0` and up. Outputs: dx, dgamma, dbeta. */
export const BatchNormTrainGrad = 'BatchNormTrainGrad';

interface Normalized {
  readonly y: tf.Tensor;
  readonly mean: tf.Tensor;
  /** Biased: the mean squared deviation. */
  readonly variance: tf.Tensor;
}

/**
 * Normalises x [..., C] with its mean and biased variance over all axes but the last, then scales by
 * gamma [C] and shifts by beta [C]. Differentiable in all three.
 */
export function batchNormTrain(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): tf.Tensor {
  return tf.tidy(() => normalize(x, gamma, beta, epsilon).y);
}

/** No gradient flows through `mean` and `variance`: they are for moving averages. */
export function normalize(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): Normalized {
  const channels = x.shape[x.rank - 1]!;
  const images = x.rank === 4 ? x : tf.reshape(x, [-1, 1, 1, channels]);
  const { y, mean, variance } = hasKernel()
    ? fused(images, gamma, beta, epsilon)
    : composed(images, gamma, beta, epsilon);
  return { y: x.rank === 4 ? y : tf.reshape(y, x.shape), mean, variance };
}

function hasKernel(): boolean {
  // Typed as always there, and undefined where it is not.
  return (tf.getKernel(BatchNormTrain, tf.getBackend()) as unknown) !== undefined;
}

function fused(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): Normalized {
  const outputs = tf
    .engine()
    .runKernel(BatchNormTrain, { x, gamma, beta }, { epsilon }) as unknown as tf.Tensor[];
  const [y, mean, variance] = outputs;
  return { y: y!, mean: mean!, variance: variance! };
}

function composed(x: tf.Tensor, gamma: tf.Tensor, beta: tf.Tensor, epsilon: number): Normalized {
  const { mean, variance } = tf.moments(x, [0, 1, 2]);
  const y = tf.batchNorm4d(
    x as tf.Tensor4D,
    mean as tf.Tensor1D,
    variance as tf.Tensor1D,
    beta as tf.Tensor1D,
    gamma as tf.Tensor1D,
    epsilon,
  );
  return { y, mean, variance };
}

/** Lets gradients pass through `BatchNormTrain`. */
export function registerBatchNormGradient(): void {
  tf.registerGradient({
    kernelName: BatchNormTrain,
    inputsToSave: ['x', 'gamma'],
    outputsToSave: [false, true, true, true, true, true],
    gradFunc: (dys, [x, gamma, ...reserved], attributes) => {
      const inputs: tf.NamedTensorMap = { dy: (dys as tf.Tensor[])[0]!, x: x!, gamma: gamma! };
      reserved.forEach((tensor, index) => (inputs[`reserve${index}`] = tensor));
      const [dx, dgamma, dbeta] = tf
        .engine()
        .runKernel(BatchNormTrainGrad, inputs, attributes) as unknown as tf.Tensor[];
      return { x: () => dx!, gamma: () => dgamma!, beta: () => dbeta! };
    },
  });
}
