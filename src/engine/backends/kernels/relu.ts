import * as tf from '@tensorflow/tfjs';

/**
 * Kernels for the gradients of Relu and Relu6. Inputs: dy and y, the activation's output; output: dx.
 * Both are zero where the activation is at a bound; tfjs's own Relu6 gradient lets an input of exactly 6 pass.
 */
export const ReluGrad = 'ReluGrad';
export const Relu6Grad = 'Relu6Grad';

/** Sends the gradients of Relu and Relu6 through those kernels, on backends that have them. */
export function registerReluGradients(): void {
  replaceGradient('Relu', ReluGrad, (y) => tf.step(y));
  replaceGradient('Relu6', Relu6Grad, (y) => tf.mul(tf.step(y), tf.step(tf.sub(6, y))));
}

function replaceGradient(activation: string, kernel: string, mask: (y: tf.Tensor) => tf.Tensor): void {
  tf.unregisterGradient(activation);
  tf.registerGradient({
    kernelName: activation,
    // The output tells as much as the input, and the next layer keeps it anyway: saving it lets the input go.
    outputsToSave: [true],
    gradFunc: (gradient, [y]) => {
      const dy = gradient as tf.Tensor;
      return {
        x: () =>
          (tf.getKernel(kernel, tf.getBackend()) as unknown) === undefined
            ? tf.mul(dy, mask(y!))
            : tf.engine().runKernel(kernel, { dy, y: y! }),
      };
    },
  });
}
