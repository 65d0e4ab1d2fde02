import { groupBy } from '../common/group-by';
import { groupKey, variantOf } from '../recipe/names';
import type { Recipe } from '../recipe/schema';
import type { ReadableRun } from './folder';
import { tellApart } from './labels';

/** The runs of an experiment that share everything but the seed. */
export interface RunGroup {
  /** `groupKeyOf` them. */
  readonly key: string;
  /** The recipes' name. */
  readonly experiment: string;
  /** `kd+tat`, `alone`; several groups of an experiment may have the same. */
  readonly variant: string;
  /** The variant, and what tells it from others of the same name: `kd (weight 0.5)`. */
  readonly label: string;
  /** The recipe of the first run. */
  readonly recipe: Recipe;
  readonly runs: readonly ReadableRun[];
}

/** Sorts runs into groups, which come in the order of their first runs. */
export function groupRuns(runs: readonly ReadableRun[]): RunGroup[] {
  const groups = [...groupBy(runs, groupKeyOf)].map(([key, members]) => {
    const { recipe } = members[0]!;
    return { key, experiment: recipe.name, variant: variantOf(recipe), recipe, runs: members };
  });
  const labels = new Map<string, string>();
  for (const alike of groupBy(groups, ({ experiment, variant }) =>
    JSON.stringify([experiment, variant]),
  ).values()) {
    const words = tellApart(alike.map(({ recipe }) => recipe));
    const isTold = new Set(words.map(String)).size === alike.length;
    for (const [index, { key, variant, runs }] of alike.entries()) {
      // Of the same recipe are groups whose runs started from others that are gone.
      const told = isTold ? words[index]! : [...words[index]!, runs[0]!.run.id.slice(-4)];
      labels.set(key, told.length === 0 ? variant : `${variant} (${told.join(', ')})`);
    }
  }
  return groups.map((group) => ({ ...group, label: labels.get(group.key)! }));
}

/** Keys are dear, and the recipe of a run never changes. */
const keys = new WeakMap<Recipe, string>();

/** The same for runs that differ in nothing but the seed, nor do the runs that they start from. */
export function groupKeyOf({ recipe, info }: Pick<ReadableRun, 'recipe' | 'info'>): string {
  const key = keys.get(recipe) ?? groupKey(recipe, info.origins);
  keys.set(recipe, key);
  return key;
}
