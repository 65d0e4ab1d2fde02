import * as tf from '@tensorflow/tfjs';

/** The gradients of sum, mean and tile, which undo each other, in a few operations. */
export function registerReductionGradients(): void {
  registerSumGradients();
  registerTileGradient();
}

/**
 * dy spread over what was summed. tfjs multiplies by a tensor of ones that it makes in JavaScript, which takes
 * ten times as long on TensorFlow.
 */
function registerSumGradients(): void {
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

/** dy summed over the copies. tfjs slices out every copy, and knows up to four axes. */
function registerTileGradient(): void {
  tf.unregisterGradient(tf.Tile);
  tf.registerGradient({
    kernelName: tf.Tile,
    inputsToSave: ['x'],
    gradFunc: (gradient, [x], attributes) => ({
      x: () => {
        const copies: number[] = [];
        const apart: number[] = [];
        (attributes.reps as number[]).forEach((count, axis) => {
          if (count > 1) copies.push(apart.push(count) - 1);
          apart.push(x!.shape[axis]!);
        });
        return tf.reshape(tf.sum(tf.reshape(gradient as tf.Tensor, apart), copies), x!.shape);
      },
    }),
  });
}
