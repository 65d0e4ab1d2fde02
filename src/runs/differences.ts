import type { Catalogue } from '../recipe/catalogue';
import { entriesBesideDefaults, withDefaults } from '../recipe/defaults';
import { isEntry } from '../recipe/entry';
import { formatKeyPath, type KeyPath } from '../recipe/key-path';
import type { Recipe } from '../recipe/schema';

/** An entry in which recipes differ. */
export interface RecipeDifference {
  /** `hooks[0].weight` */
  readonly path: string;
  /** One for each recipe; undefined where a recipe has no such entry. */
  readonly values: readonly unknown[];
}

/** Where recipes are not written alike, in the order of the entries; the seed and `$schema` do not count. */
export function recipeDifferences(recipes: readonly Recipe[]): RecipeDifference[] {
  const entries = recipes.map((recipe) => new Map(leaves(recipe, [])));
  const paths = new Set(entries.flatMap((map) => [...map.keys()]));
  return [...paths]
    .filter((path) => path !== 'train.seed' && path !== '$schema')
    .map((path) => ({ path, values: entries.map((map) => map.get(path)) }))
    .filter(({ values }) => new Set(values.map((value) => JSON.stringify(value))).size > 1);
}

/**
 * Where recipes differ in what they do. An entry at its default is the same written or left out, and where a recipe has
 * no place for it (the options of a hook that it lacks); where one departs from the default, the others show it.
 */
export function realDifferences(recipes: readonly Recipe[], catalogue: Catalogue): RecipeDifference[] {
  const known = recipes.map((recipe) => knownOf(recipe, catalogue));
  return recipeDifferences(known.map(({ whole }) => whole)).filter(({ path, values }) => {
    const said = known.map(({ own }, index) => (own.has(path) ? JSON.stringify(values[index]) : undefined));
    return new Set(said).size > 1;
  });
}

interface Known {
  readonly whole: Recipe;
  /** Paths of the entries that depart from the defaults. */
  readonly own: ReadonlySet<string>;
}

/** Some milliseconds each; the recipe of a run never changes, and panels ask again and again. */
const kept = new WeakMap<Recipe, Known>();

function knownOf(recipe: Recipe, catalogue: Catalogue): Known {
  const before = kept.get(recipe);
  if (before !== undefined) return before;
  const whole = withDefaults(recipe, catalogue);
  const known = { whole, own: entriesBesideDefaults(whole, catalogue) };
  kept.set(recipe, known);
  return known;
}

/** An empty list or object says what the absence of its entries says too: it has none. */
function leaves(value: unknown, path: KeyPath): [string, unknown][] {
  if (isEntry(value)) return [[formatKeyPath(path), value]];
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, [...path, index]));
  return Object.entries(value as object).flatMap(([key, child]) => leaves(child, [...path, key]));
}
