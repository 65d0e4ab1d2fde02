import type { CatalogueMethod } from './catalogue';
import type { Hook, Recipe } from './schema';
import { sourcesOf, TEACHER } from './teachers';

/** What a hook puts a method between: for a method on one layer, each pair of two lists is one of its own. */
export interface HookPair {
  /** Of its term in losses and metrics: `kd`, `tat@stage3`, `kd:deep` (from the teacher `deep`). */
  readonly name: string;
  /** The hook with this pair's layers. */
  readonly hook: Hook;
  /** Of the hook among the recipe's, from 0. */
  readonly index: number;
  /** Where each side's layers stand in the recipe: `hooks[1].student`, `hooks[1].student[0]`. */
  readonly paths: { readonly student: string; readonly teacher: string };
}

/** What must be known of methods to tell a list of pairs from the layers of one hook. */
export type LayersOfMethod = Pick<CatalogueMethod, 'name' | 'layers'>;

/** The pairs of a recipe's hooks in their order, each name once: a second `kd` is `kd#2`. */
export function hookPairs(recipe: Pick<Recipe, 'hooks'>, methods: readonly LayersOfMethod[]): HookPair[] {
  const taken = new Set<string>();
  return recipe.hooks.flatMap((hook, index) =>
    pairsOf(hook, index, methods).map((pair) => {
      const base = termName(pair.hook);
      let name = base;
      for (let count = 2; taken.has(name); count++) name = `${base}#${count}`;
      taken.add(name);
      return { ...pair, name };
    }),
  );
}

function pairsOf(hook: Hook, index: number, methods: readonly LayersOfMethod[]): Omit<HookPair, 'name'>[] {
  const paths = { student: `hooks[${index}].student`, teacher: `hooks[${index}].teacher` };
  const { student, teacher } = hook;
  const takesOne = methods.find(({ name }) => name === hook.method)?.layers === 'one';
  if (!takesOne || !Array.isArray(student) || !Array.isArray(teacher)) return [{ hook, index, paths }];
  return student.map((layer, place) => ({
    hook: { ...hook, student: layer, teacher: teacher[place]! },
    index,
    paths: { student: `${paths.student}[${place}]`, teacher: `${paths.teacher}[${place}]` },
  }));
}

function termName(hook: Hook): string {
  const layers = hook.student === undefined ? '' : `@${[hook.student].flat().join('+')}`;
  const from = sourcesOf(hook).join('+');
  return `${hook.method}${layers}${from === TEACHER ? '' : `:${from}`}`;
}
