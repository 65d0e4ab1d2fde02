import type * as tf from '@tensorflow/tfjs';
import picomatch from 'picomatch';
import { InputError } from '../../common/errors';
import { didYouMean } from '../../common/suggest';
import type { ParameterGroup } from '../../recipe/schema';
import type { OptimizerParameter } from './optimizer';

/**
 * Gives every parameter the settings of the first group whose glob matches its name, or the plain ones: full
 * learning rate and `weightDecay`. In a glob `*` stays between slashes, `**` does not.
 * Throws `InputError` for a group that matches no parameter.
 */
export function assignGroups(
  parameters: ReadonlyMap<string, tf.Variable>,
  groups: readonly ParameterGroup[],
  weightDecay: number,
): OptimizerParameter[] {
  const names = [...parameters.keys()];
  const matchers = groups.map(({ match }, index) => {
    const matches = picomatch(match, { dot: true });
    if (!names.some((name) => matches(name))) {
      throw new InputError(
        `train.groups[${index}].match: no weight matches "${match}"${didYouMean(match, globs(names))}`,
      );
    }
    return matches;
  });
  return names.map((name) => {
    const group = groups[matchers.findIndex((matches) => matches(name))];
    return {
      name,
      variable: parameters.get(name)!,
      lrMultiplier: group?.lrMultiplier ?? 1,
      weightDecay: group?.weightDecay ?? weightDecay,
    };
  });
}

/** What a mistyped glob may have meant: each name, and each of its folders with a star. */
export function globs(names: readonly string[]): string[] {
  const folders = names.flatMap((name) => {
    const parts = name.split('/').slice(0, -1);
    return parts.map((_, depth) => `${parts.slice(0, depth + 1).join('/')}/*`);
  });
  return [...new Set([...folders, ...names])];
}
