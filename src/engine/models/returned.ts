import * as tf from '@tensorflow/tfjs';
import { InputError } from '../../common/errors';
import type { BuilderArgs } from './network';

/** Throws `InputError` unless `value` is a network from one image to one score for every class. */
export function checkNetwork(
  value: unknown,
  { inputShape, classes }: Pick<BuilderArgs, 'inputShape' | 'classes'>,
): asserts value is tf.LayersModel {
  if (!(value instanceof tf.LayersModel)) throw new InputError(`it returns ${describe(value)}`);
  if (value.inputs.length !== 1 || value.outputs.length !== 1) {
    throw new InputError(
      `the model has ${value.inputs.length} inputs and ${value.outputs.length} outputs; ` +
        'it needs one of each: images in, scores of the classes out (other layers are hooked by name)',
    );
  }
  const input = value.inputs[0]!.shape.slice(1);
  const fits = input.length === 3 && input.every((size, axis) => size === null || size === inputShape[axis]);
  if (!fits) {
    throw new InputError(
      `the model takes ${format(input)}, but the images are ${format(inputShape)} (height, width, channels)`,
    );
  }
  const output = value.outputs[0]!.shape.slice(1);
  if (output.length !== 1 || output[0] !== classes) {
    throw new InputError(`the model gives ${format(output)}, but the data has ${classes} classes`);
  }
}

function format(shape: readonly (number | null)[]): string {
  return `[${shape.map((size) => size ?? 'any').join(', ')}]`;
}

/** What a builder returned in place of a layers model, and what to do about it. */
function describe(value: unknown): string {
  if (value === undefined) return 'nothing; end it with `return tf.model(…)`';
  if (value === null || typeof value !== 'object') return `a ${typeof value}, not a tf.LayersModel`;
  if (value instanceof tf.GraphModel) {
    return 'a tf.GraphModel, which is frozen: its weights cannot be trained; convert the model to the layers format';
  }
  if (value instanceof Promise) {
    return 'a promise; a builder is synchronous (weights are loaded by the `weights` of the recipe)';
  }
  if (value instanceof tf.SymbolicTensor) return 'a symbolic tensor; wrap it: tf.model({ inputs, outputs })';
  const name = (value as { constructor?: { name?: string } }).constructor?.name ?? 'object';
  if (value instanceof tf.layers.Layer) return `a single layer (${name}), not a tf.LayersModel`;
  return `an object (${name}), not a tf.LayersModel`;
}
