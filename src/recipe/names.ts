import { createHash } from 'node:crypto';
import type { ModelReference, Recipe } from './schema';
import { teachersOf } from './teachers';

/** What tells a group from the others of its experiment: the recipe's own word, else its hooks' methods. */
export function variantOf(recipe: Recipe): string {
  if (recipe.variant !== undefined) return recipe.variant;
  const methods = recipe.hooks.map((hook) => hook.method).join('+');
  return methods || (recipe.student.teacherClassifier ? 'teacher-classifier' : 'alone');
}

/**
 * The same for recipes that differ in nothing but the seed (and `$schema`): 16 hexadecimal digits. Give it the
 * resolved recipe, whose defaults are filled and whose paths do not depend on where the recipe file lies.
 * @param origins group keys of runs that the recipe may name as a model or as weights, by id: such a run counts by its
 * group, so that students that each start from a run of their own seed are one group. Other runs count by their id.
 */
export function groupKey(recipe: Recipe, origins: Readonly<Record<string, string>> = {}): string {
  const shared: Partial<Recipe> = {
    ...recipe,
    variant: variantOf(recipe),
    student: byGroup(recipe.student, origins),
    ...(recipe.teacher && { teacher: byGroup(recipe.teacher, origins) }),
    ...(recipe.teachers && {
      teachers: Object.fromEntries(
        Object.entries(recipe.teachers).map(([name, teacher]) => [name, byGroup(teacher, origins)]),
      ),
    }),
    train: { ...recipe.train, seed: 0 },
  };
  delete shared.$schema;
  return createHash('sha256').update(canonicalJson(shared)).digest('hex').slice(0, 16);
}

/** The ids of the runs that a recipe starts from, as models or as weights; each once. */
export function namedRuns(recipe: Recipe): string[] {
  const models = [recipe.student, ...teachersOf(recipe).map(({ reference }) => reference)];
  const texts = models.flatMap(({ model, weights }) => [model, weights]);
  return [...new Set(texts.flatMap((text) => runIdIn(text) ?? []))];
}

function byGroup<Model extends ModelReference>(
  reference: Model,
  origins: Readonly<Record<string, string>>,
): Model {
  const replace = <Text extends string | null>(text: Text): Text => {
    const id = runIdIn(text);
    const key = id !== undefined && Object.hasOwn(origins, id) ? origins[id] : undefined;
    return key === undefined ? text : (text!.replace(id!, key) as Text);
  };
  return { ...reference, model: replace(reference.model), weights: replace(reference.weights) };
}

function runIdIn(text: string | null): string | undefined {
  return /^run:([^/]+)/.exec(text ?? '')?.[1];
}

function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
