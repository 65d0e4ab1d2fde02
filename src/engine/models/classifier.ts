import type * as tf from '@tensorflow/tfjs';
import { InputError } from '../../common/errors';
import type { Classifier } from '../methods/method';
import type { Model } from './model';

/** The linear layer that a model's logits come from, alive: kernel [C, classes] and bias. */
export function classifierOf({ network }: Model): Classifier {
  let layer = network.outputs[0]!.sourceLayer;
  // A softmax of its own: the logits stand in front of it.
  if (layer.getClassName() === 'Activation' || layer.getClassName() === 'Softmax') {
    layer = [layer.input].flat()[0]!.sourceLayer;
  }
  if (layer.getClassName() !== 'Dense') {
    throw new InputError(
      `its logits come from "${layer.name}" (${layer.getClassName()}), not from a linear layer, whose weights the method uses`,
    );
  }
  const [kernel, bias] = layer.weights.map((weight) => weight.read() as tf.Variable);
  return {
    kernel: kernel as tf.Tensor as tf.Tensor2D,
    ...(bias && { bias: bias as tf.Tensor as tf.Tensor1D }),
  };
}
