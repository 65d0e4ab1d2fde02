import * as tf from '@tensorflow/tfjs';
import type { Model } from './model';

/**
 * A model with the outputs [network output, ...layers], in the order of the ids, sharing the weights of
 * `model`. Throws `InputError` for an unknown layer.
 */
export function featureModel(model: Model, layerIds: readonly string[]): tf.LayersModel {
  const layers = layerIds.map((id) => model.layer(id).output);
  return partOf(model, [model.network.outputs[0]!, ...layers]);
}

/**
 * The part of a model's network that these tensors are computed by: running it runs nothing else. It shares the
 * weights, owns no tensor and needs no disposal. A tensor may be asked for more than once.
 */
export function partOf(model: Model, tensors: readonly tf.SymbolicTensor[]): tf.LayersModel {
  const outputs: tf.SymbolicTensor[] = [];
  for (const tensor of tensors) {
    // TensorFlow.js gives a tensor that is asked for twice only once: the second gets a node of its own.
    outputs.push(outputs.includes(tensor) ? identity(tensor) : tensor);
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
