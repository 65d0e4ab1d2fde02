import * as tf from '@tensorflow/tfjs';

/** The sign of x, and so 0 at 0, where it is least; tfjs has -1 there. */
export function registerAbsGradient(): void {
  tf.unregisterGradient(tf.Abs);
  tf.registerGradient({
    kernelName: tf.Abs,
    inputsToSave: ['x'],
    gradFunc: (dy, [x]) => ({ x: () => tf.mul(dy as tf.Tensor, tf.sign(x!)) }),
  });
}
