import type * as tf from '@tensorflow/tfjs';
import { InputError } from '../../common/errors';
import { didYouMean } from '../../common/suggest';
import { withSeededRandom } from '../random';
import { callsOf, flatten } from './graph';
import { countParameters, describeLayers, layerIds, type PlacesOf } from './layers';
import type { Layer, Model, SourceFile } from './model';
import type { Builder, BuilderArgs } from './network';
import { checkNetwork } from './returned';
import { nameWeights } from './weights';

/**
 * Calls a builder and makes a model of what it returns. The weights depend on the seed and the builder alone,
 * not on what was built before. Throws `InputError` if what it returns is no network for these images and classes.
 */
export function buildModel(builder: Builder, args: BuilderArgs, { seed }: { readonly seed: number }): Model {
  const network = callBuilder(builder, args, seed);
  checkNetwork(network, args);
  return new NetworkModel(network);
}

/** What a builder returns, whatever that is, with weights drawn from the seed. */
export function callBuilder(builder: Builder, args: BuilderArgs, seed: number): unknown {
  return withSeededRandom(`${seed}/weights`, () => builder(args));
}

/** A model around a network that was built or loaded; it owns the network from here on. */
export class NetworkModel implements Model {
  readonly network: tf.LayersModel;
  readonly layers: readonly Layer[];
  readonly weights: Model['weights'];
  readonly parameters: number;
  readonly endsInSoftmax: boolean;

  constructor(
    network: tf.LayersModel,
    readonly sources: readonly SourceFile[] = [],
    placesOf: PlacesOf = () => [],
  ) {
    this.network = flatten(network);
    const ids = layerIds(this.network);
    this.layers = describeLayers(this.network, ids, placesOf);
    this.weights = nameWeights(ids);
    this.parameters = countParameters([...ids.keys()].flatMap((layer) => layer.weights));
    this.endsInSoftmax = endsInSoftmax(this.network.outputs[0]!);
  }

  layer(id: string): Layer {
    const found = this.layers.find((layer) => layer.id === id);
    if (found) return found;
    const ids = this.layers.map((layer) => layer.id);
    throw new InputError(`no layer "${id}"${didYouMean(id, ids)}`);
  }

  toLogits(output: tf.Tensor): tf.Tensor2D {
    // log softmax(z) is z less a constant for each sample: the same under softmax, at any temperature.
    // The smallest normal float32 keeps a probability that has vanished finite.
    return (this.endsInSoftmax ? output.maximum(1.1754944e-38).log() : output) as tf.Tensor2D;
  }

  dispose(): void {
    // Not network.dispose(): it counts the calls of every layer, also those of graphs that are gone.
    for (const { variable } of this.weights.values()) variable.dispose();
  }
}

function endsInSoftmax(output: tf.SymbolicTensor): boolean {
  const { layer, inputs } = callsOf([output]).at(-1)!;
  const className = layer.getClassName();
  if (className === 'Reshape' || className === 'Flatten') return endsInSoftmax(inputs[0]!);
  return className === 'Softmax' || layer.getConfig().activation === 'softmax';
}
