import type * as tf from '@tensorflow/tfjs';
import { flopsOf } from './flops';
import { callsOf, unusedName } from './graph';
import type { Layer, Place } from './model';

/**
 * Stable ids of a network's layers. A name that the author gave stands; the ones that TensorFlow.js makes up
 * come from a counter of the whole process, so they are replaced by class and order within the network.
 */
export function layerIds(network: tf.LayersModel): ReadonlyMap<tf.layers.Layer, string> {
  const layers = [...new Set(callsOf(network.outputs).map((call) => call.layer))];
  const taken = new Set(layers.filter((layer) => madeUpName(layer) === undefined).map(({ name }) => name));
  const counts = new Map<string, number>();
  return new Map(
    layers.map((layer) => {
      const base = madeUpName(layer);
      if (base === undefined) return [layer, layer.name];
      if (layer.getClassName() === 'InputLayer') return [layer, unusedName(base, taken)];
      let count = counts.get(base) ?? 0;
      do count += 1;
      while (taken.has(`${base}_${count}`));
      counts.set(base, count);
      return [layer, `${base}_${count}`];
    }),
  );
}

/** `conv2d` for `conv2d_Conv2D17`, the form of TensorFlow.js's own names; undefined for an author's name. */
function madeUpName(layer: tf.layers.Layer): string | undefined {
  const className = layer.getClassName();
  if (className === 'InputLayer') return /^input\d+$|_input$/.test(layer.name) ? 'input' : undefined;
  const end = layer.name.lastIndexOf(`_${className}`);
  const number = layer.name.slice(end + 1 + className.length);
  return end > 0 && /^\d+$/.test(number) ? layer.name.slice(0, end) : undefined;
}

/** Where a layer's output comes from in the user's sources; `use` counts its outputs from 0. */
export type PlacesOf = (layer: tf.layers.Layer, output: tf.SymbolicTensor, use: number) => readonly Place[];

/** Every call of every layer, inputs first. Further calls of a layer, or further outputs, are `id:1`, `id:2` … */
export function describeLayers(
  network: tf.LayersModel,
  ids: ReadonlyMap<tf.layers.Layer, string>,
  placesOf: PlacesOf,
): Layer[] {
  const uses = new Map<tf.layers.Layer, number>();
  return callsOf(network.outputs).flatMap(({ layer, inputs, outputs }) =>
    outputs.map((output) => {
      const use = uses.get(layer) ?? 0;
      uses.set(layer, use + 1);
      const id = ids.get(layer)!;
      return {
        id: use === 0 ? id : `${id}:${use}`,
        className: layer.getClassName(),
        outputShape: output.shape.slice(1),
        parameters: countParameters(layer.weights),
        flops: flopsOf(layer, inputs, output),
        output,
        places: placesOf(layer, output, use),
      };
    }),
  );
}

/** Values that a gradient can reach, frozen or not: all but the moving averages of batch normalisation. */
export function countParameters(weights: readonly tf.LayerVariable[]): number {
  return weights
    .filter((weight) => !/(^|\/)moving_(mean|variance)$/.test(weight.originalName))
    .reduce((sum, weight) => sum + weight.shape.reduce<number>((size, side) => size * side!, 1), 0);
}
