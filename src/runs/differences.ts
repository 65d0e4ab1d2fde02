import { formatKeyPath, type KeyPath } from '../recipe/key-path';
import type { Recipe } from '../recipe/schema';

/** An entry in which recipes differ. */
export interface RecipeDifference {
  /** `hooks[0].weight` */
  readonly path: string;
  /** One for each recipe; undefined where a recipe has no such entry. */
  readonly values: readonly unknown[];
}

/** Where recipes differ, in the order of the entries; the seed and `$schema` do not count. */
export function recipeDifferences(recipes: readonly Recipe[]): RecipeDifference[] {
  const entries = recipes.map((recipe) => new Map(leaves(recipe, [])));
  const paths = new Set(entries.flatMap((map) => [...map.keys()]));
  return [...paths]
    .filter((path) => path !== 'train.seed' && path !== '$schema')
    .map((path) => ({ path, values: entries.map((map) => map.get(path)) }))
    .filter(({ values }) => new Set(values.map((value) => JSON.stringify(value))).size > 1);
}

function leaves(value: unknown, path: KeyPath): [string, unknown][] {
  const children: [string | number, unknown][] = Array.isArray(value)
    ? value.map((item, index) => [index, item])
    : typeof value === 'object' && value !== null
      ? Object.entries(value)
      : [];
  if (children.length === 0) return [[formatKeyPath(path), value]];
  return children.flatMap(([key, child]) => leaves(child, [...path, key]));
}
