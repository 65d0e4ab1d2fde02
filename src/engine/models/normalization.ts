import * as tf from '@tensorflow/tfjs';
import { InputError } from '../../common/errors';
import type { Normalization } from '../methods/method';
import type { Model } from './model';

/**
 * Scale and shift of the batch normalisation that a layer comes from: the layer itself, or in front of an activation
 * or a sum; of a sum the first operand that is one, in residual blocks the branch and not the shortcut. Those that a
 * normalisation goes without are 1 and 0; they are the caller's, as the others are the model's.
 */
export function normalizationOf(model: Model, id: string): Normalization {
  const layer = search(model.layer(id).output);
  if (!layer) {
    throw new InputError(
      `"${id}" does not come from a batch normalisation, whose scale and shift the method uses; hook the layer in front of an activation`,
    );
  }
  const read = (name: string, other: (shape: number[]) => tf.Tensor): tf.Tensor1D => {
    const weight = layer.weights.find(({ originalName }) => originalName.endsWith(`/${name}`));
    return (weight ? weight.read() : other([layer.outputShape.at(-1) as number])) as tf.Tensor1D;
  };
  return { gamma: read('gamma', tf.ones), beta: read('beta', tf.zeros) };
}

/** What passes its operand's normalisation on. */
const transparent = new Set(['Activation', 'ReLU', 'LeakyReLU', 'Add', 'Dropout']);

function search({ sourceLayer, inputs }: tf.SymbolicTensor): tf.layers.Layer | undefined {
  if (sourceLayer.getClassName() === 'BatchNormalization') return sourceLayer;
  if (!transparent.has(sourceLayer.getClassName())) return undefined;
  for (const input of inputs) {
    const found = search(input);
    if (found) return found;
  }
  return undefined;
}
