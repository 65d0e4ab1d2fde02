import * as tf from '@tensorflow/tfjs';
import { fitImages } from '../models/input-size';
import type { Model } from '../models/model';

/** Key of the logits among activations; no layer can have this id. */
export const LOGITS = '';

/** Activations of one forward pass by layer id, the logits under `LOGITS`. */
export type Activations = ReadonlyMap<string, tf.Tensor>;

/**
 * Runs a model once and gives the activations that are wanted: only the part of the network in front of the
 * last wanted layer is run. Throws `InputError` for an unknown layer.
 */
export class ActivationReader {
  private readonly ids: readonly string[];
  private readonly outputs: tf.SymbolicTensor[];
  private readonly network: tf.LayersModel;

  constructor(
    private readonly model: Model,
    wanted: Iterable<string>,
  ) {
    this.ids = [...new Set(wanted)];
    // A tensor asked for twice (the logits are a layer's output too) is given only once.
    this.outputs = [...new Set(this.ids.map((id) => this.symbol(id)))];
    this.network = tf.model({ inputs: model.network.inputs, outputs: this.outputs });
  }

  /**
   * One pass over images [N, H, W, C], made smaller where the model takes smaller ones; `training` switches dropout and
   * batch statistics on. The caller tidies.
   */
  read(images: tf.Tensor4D, training: boolean): Activations {
    // A network with one output gives it alone.
    const tensors = [
      this.network.apply(fitImages(images, this.model), { training }) as tf.Tensor | tf.Tensor[],
    ].flat();
    return new Map(
      this.ids.map((id) => {
        const tensor = tensors[this.outputs.indexOf(this.symbol(id))]!;
        return [id, id === LOGITS ? this.model.toLogits(tensor) : tensor];
      }),
    );
  }

  private symbol(id: string): tf.SymbolicTensor {
    return id === LOGITS ? this.model.network.outputs[0]! : this.model.layer(id).output;
  }
}
