import type { Catalogue } from '../recipe/catalogue';
import { entriesBesideDefaults, withDefaults } from '../recipe/defaults';
import type { Recipe } from '../recipe/schema';
import { type RecipeDifference, recipeDifferences } from './differences';

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
