import * as tf from '@tensorflow/tfjs';
import type { Model } from '../models/model';
import { LOGITS, type Activations } from './hook-term';

/**
 * Runs a model once and gives the activations that are wanted: only the part of the network in front of the
 * last wanted layer is run. The caller tidies.
 */
export class ActivationReader {
  private readonly ids: readonly string[];
  private readonly part: tf.LayersModel;

  constructor(
    private readonly model: Model,
    wanted: Iterable<string>,
  ) {
    this.ids = [...new Set(wanted)];
    const outputs = this.ids.map((id) =>
      id === LOGITS ? model.network.outputs[0]! : model.layer(id).output,
    );
    this.part = tf.model({ inputs: model.network.inputs, outputs });
  }

  read(images: tf.Tensor4D, training: boolean): Activations {
    const result = this.part.apply(images, { training }) as tf.Tensor | tf.Tensor[];
    const tensors = Array.isArray(result) ? result : [result];
    return new Map(
      this.ids.map((id, index) => {
        const tensor = tensors[index]!;
        return [id, id === LOGITS ? this.model.toLogits(tensor) : tensor];
      }),
    );
  }
}
