import * as tf from '@tensorflow/tfjs';
import { InputError } from '../../common/errors';
import { unusedName } from './graph';
import type { Model, ModelWeight } from './model';

/** All weights of a network by stable name: the layer's id and the weight's name within it, `head/kernel`. */
export function nameWeights(ids: ReadonlyMap<tf.layers.Layer, string>): Map<string, ModelWeight> {
  const weights = new Map<string, ModelWeight>();
  for (const [layer, id] of ids) {
    const trainable = new Set(layer.trainableWeights);
    for (const weight of layer.weights) {
      const name = unusedName(`${id}/${nameWithin(layer, weight)}`, weights);
      weights.set(name, {
        trainable: trainable.has(weight),
        shape: weight.shape,
        variable: weight.read() as tf.Variable,
        read: () => weight.read(),
        write: (value) => {
          weight.write(value);
        },
      });
    }
  }
  return weights;
}

/** `kernel` for `model_3/conv1/kernel`: what follows the layer's own scope. */
function nameWithin(layer: tf.layers.Layer, weight: tf.LayerVariable): string {
  const scope = `${layer.name}/`;
  const start = weight.originalName.lastIndexOf(scope);
  if (start >= 0) return weight.originalName.slice(start + scope.length);
  return weight.originalName.slice(weight.originalName.lastIndexOf('/') + 1);
}

/** A snapshot of all weights by stable name; the caller disposes the tensors. */
export function captureWeights(model: Model): Record<string, tf.Tensor> {
  return Object.fromEntries([...model.weights].map(([name, weight]) => [name, weight.read().clone()]));
}

/**
 * Sets all weights; the values stay the caller's. Throws `InputError` that says what does not fit (missing and
 * unknown weights, shapes) before anything is changed.
 */
export function restoreWeights(model: Model, values: Readonly<Record<string, tf.Tensor>>): void {
  const missing = [...model.weights.keys()].filter((name) => !(name in values));
  const unknown = Object.keys(values).filter((name) => !model.weights.has(name));
  const misshapen = [...model.weights]
    .filter(
      ([name, { shape }]) =>
        name in values && !tf.util.arraysEqual(values[name]!.shape, [...shape] as number[]),
    )
    .map(
      ([name, { shape }]) => `"${name}" is [${values[name]!.shape.join(', ')}], not [${shape.join(', ')}]`,
    );
  const problems = [
    ...(missing.length > 0 ? [`without ${some(missing)}`] : []),
    ...(unknown.length > 0 ? [`with unknown ${some(unknown)}`] : []),
    ...(misshapen.length > 0 ? [`${misshapen[0]!}${andMore(misshapen.length - 1)}`] : []),
  ];
  if (problems.length > 0) {
    throw new InputError(`The weights are those of another network: ${problems.join('; ')}`);
  }
  for (const [name, weight] of model.weights) weight.write(values[name]!);
}

function some(names: readonly string[]): string {
  return `"${names[0]!}"${andMore(names.length - 1)}`;
}

function andMore(count: number): string {
  return count > 0 ? ` (and ${count} more)` : '';
}
