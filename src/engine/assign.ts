import * as tf from '@tensorflow/tfjs';
import { InputError } from '../common/errors';
import { didYouMean } from '../common/suggest';

/**
 * Gives variables new values by name; those without one keep theirs. Nothing is changed if a name is unknown or
 * a shape wrong: `InputError`, beginning with `owner`.
 */
export function assignByName(
  owner: string,
  variables: Readonly<Record<string, tf.Variable>>,
  values: Readonly<Record<string, tf.Tensor>>,
): void {
  for (const [name, value] of Object.entries(values)) {
    const variable = variables[name];
    if (!variable) {
      throw new InputError(`${owner} has no tensor "${name}"${didYouMean(name, Object.keys(variables))}`);
    }
    if (!tf.util.arraysEqual(variable.shape, value.shape)) {
      throw new InputError(
        `${owner}: "${name}" has the shape [${variable.shape.join(', ')}], not [${value.shape.join(', ')}]`,
      );
    }
  }
  for (const [name, value] of Object.entries(values)) variables[name]!.assign(value);
}

/** Like `assignByName`, of a whole state: a missing name is an `InputError` too. */
export function assignAll(
  owner: string,
  variables: Readonly<Record<string, tf.Variable>>,
  values: Readonly<Record<string, tf.Tensor>>,
): void {
  const missing = Object.keys(variables).find((name) => !(name in values));
  if (missing !== undefined) throw new InputError(`${owner}: "${missing}" is missing`);
  assignByName(owner, variables, values);
}
