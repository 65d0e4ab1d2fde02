import { groupKey, variantOf } from '../recipe/names';
import type { Recipe } from '../recipe/schema';
import { recipeDifferences } from './differences';
import type { ReadableRun } from './folder';

/** The runs of an experiment that share everything but the seed. */
export interface RunGroup {
  /** `groupKey` of their recipes. */
  readonly key: string;
  /** The recipes' name. */
  readonly experiment: string;
  /** `kd+tat`, `alone`; several groups of an experiment may have the same. */
  readonly variant: string;
  /** The variant, and what tells it from others of the same name: `kd (hooks[0].weight 0.5)`. */
  readonly label: string;
  /** The recipe of the first run. */
  readonly recipe: Recipe;
  readonly runs: readonly ReadableRun[];
}

/** Sorts runs into groups, which come in the order of their first runs. */
export function groupRuns(runs: readonly ReadableRun[]): RunGroup[] {
  const byKey = new Map<string, ReadableRun[]>();
  for (const run of runs) {
    const key = groupKey(run.recipe);
    byKey.set(key, [...(byKey.get(key) ?? []), run]);
  }
  const groups = [...byKey].map(([key, members]) => {
    const { recipe } = members[0]!;
    return { key, experiment: recipe.name, variant: variantOf(recipe), recipe, runs: members };
  });
  return groups.map((group) => {
    const alike = groups.filter(
      ({ experiment, variant }) => experiment === group.experiment && variant === group.variant,
    );
    return {
      ...group,
      label: labelOf(
        group.variant,
        alike.indexOf(group),
        alike.map(({ recipe }) => recipe),
      ),
    };
  });
}

function labelOf(variant: string, index: number, recipes: readonly Recipe[]): string {
  const differences = recipeDifferences(recipes).map(({ path, values }) => {
    const value = values[index];
    return `${path} ${typeof value === 'string' ? value : (JSON.stringify(value) ?? 'absent')}`;
  });
  return differences.length === 0 ? variant : `${variant} (${differences.join(', ')})`;
}
