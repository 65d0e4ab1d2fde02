import * as tf from '@tensorflow/tfjs';

/**
 * The gradients of sum and mean: dy spread over what was summed. tfjs multiplies by a tensor of ones that it
 * makes in JavaScript, which takes ten times as long on TensorFlow.
 */
export function registerReductionGradients(): void {
  for (const kernelName of [tf.Sum, tf.Mean]) {
    tf.unregisterGradient(kernelName);
    tf.registerGradient({
      kernelName,
      inputsToSave: ['x'],
      gradFunc: (gradient, [x], attributes) => ({
        x: () => {
          const dy = gradient as tf.Tensor;
          const shape = x!.shape.slice();
          for (const axis of tf.util.parseAxisParam(attributes.axis as number | number[], shape))
            shape[axis] = 1;
          const share = kernelName === tf.Mean ? tf.div(dy, x!.size / dy.size) : dy;
          return tf.broadcastTo(tf.reshape(share, shape), x!.shape);
        },
      }),
    });
  }
}
