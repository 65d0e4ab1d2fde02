import * as tf from '@tensorflow/tfjs';
import type { Model } from './model';

/**
 * A model with the outputs [network output, ...layers], in the order of the ids, sharing the weights of
 * `model`. It owns no tensor and needs no disposal. Throws `InputError` for an unknown layer.
 */
export function featureModel(model: Model, layerIds: readonly string[]): tf.LayersModel {
  const outputs = [model.network.outputs[0]!];
  for (const id of layerIds) {
    const { output } = model.layer(id);
    // TensorFlow.js gives a tensor that is asked for twice only once: the second gets a node of its own.
    outputs.push(outputs.includes(output) ? identity(output) : output);
  }
  return tf.model({ inputs: model.network.inputs, outputs });
}

/** Runs a network once; always a list, with one tensor for each of its outputs. The caller tidies. */
export function forward(network: tf.LayersModel, images: tf.Tensor, training: boolean): tf.Tensor[] {
  return [network.apply(images, { training }) as tf.Tensor | tf.Tensor[]].flat();
}

function identity(tensor: tf.SymbolicTensor): tf.SymbolicTensor {
  return tf.layers.activation({ activation: 'linear' }).apply(tensor) as tf.SymbolicTensor;
}
