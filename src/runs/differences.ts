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

/** An empty list or object says what the absence of its entries says too: it has none. */
function leaves(value: unknown, path: KeyPath): [string, unknown][] {
  if (isEntry(value)) return [[formatKeyPath(path), value]];
  if (Array.isArray(value)) return value.flatMap((item, index) => leaves(item, [...path, index]));
  return Object.entries(value as object).flatMap(([key, child]) => leaves(child, [...path, key]));
}
