import { isDeepStrictEqual } from 'node:util';
import type { Catalogue } from './catalogue';
import { isEntry } from './entry';
import { formatKeyPath, type KeyPath } from './key-path';
import { variantOf } from './names';
import type { Hook, Recipe, Teacher, TrainSettings } from './schema';
import { TEACHER } from './teachers';
import { validateRecipe } from './validate';

/**
 * A resolved recipe with all defaults written out: those that validation fills in, of methods that have gained options
 * since too, and what is taken for entries that a resolved recipe may lack.
 */
export function withDefaults(recipe: Recipe, catalogue: Catalogue): Recipe {
  const filled = structuredClone(recipe);
  // One of another version need not be valid here; what it has is shown all the same.
  validateRecipe(filled, catalogue);
  return withImplied(filled);
}

/** What is taken for entries that are left out, where that depends on others or is not in the schema. */
function withImplied(recipe: Recipe): Recipe {
  const { teacher, teachers, hooks, train } = recipe;
  const named = Object.entries(teachers ?? {}).map(([name, one]) => [name, impliedTeacher(one)] as const);
  return {
    ...recipe,
    variant: variantOf(recipe),
    ...(teacher && { teacher: impliedTeacher(teacher) }),
    ...(teachers && { teachers: Object.fromEntries(named) }),
    hooks: hooks.map(impliedHook),
    train: impliedTraining(train),
  };
}

function impliedTeacher(teacher: Teacher): Teacher {
  return { ...teacher, learns: teacher.learns ?? false };
}

function impliedHook(hook: Hook): Hook {
  const { from = TEACHER, schedule = { type: 'constant' }, adapter = 'auto' } = hook;
  return { ...hook, from, schedule, adapter };
}

function impliedTraining(train: TrainSettings): TrainSettings {
  const { optimizer, schedule, groups, stages } = train;
  return {
    ...train,
    groups: groups.map((group) => ({
      ...group,
      lrMultiplier: group.lrMultiplier ?? 1,
      weightDecay: group.weightDecay ?? optimizer.weightDecay,
    })),
    ...(stages && {
      stages: stages.map((stage) => ({
        ...stage,
        hooks: stage.hooks ?? ['*'],
        task: stage.task ?? stage.pretrain !== true,
        learn: stage.learn ?? ['**'],
        lr: stage.lr ?? optimizer.lr,
        schedule: stage.schedule ?? schedule,
        pretrain: stage.pretrain ?? false,
      })),
    }),
  };
}

/**
 * The entries that a recipe has to say: the defaults do not give them back where they are left out.
 * @param whole with its defaults
 * @returns their paths: `hooks[0].weight`
 */
export function entriesBesideDefaults(whole: Recipe, catalogue: Catalogue): Set<string> {
  const entriesOf = (value: unknown, path: KeyPath): string[] => {
    if (isEntry(value)) return [formatKeyPath(path)];
    if (Array.isArray(value)) return value.flatMap((item, index) => entriesOf(item, [...path, index]));
    const entries = Object.entries(value as Record<string, unknown>);
    const children = entries.map(([key, child]) => ({ child, at: [...path, key] }));
    const own = children.filter(({ at }) => !isAtDefault(whole, at, catalogue));
    // That something all of whose entries have defaults (`"ema": {}`) is there is for these to say.
    const said = own.length > 0 ? own : children;
    return said.flatMap(({ child, at }) => entriesOf(child, at));
  };
  return new Set(entriesOf(whole, []));
}

function isAtDefault(whole: Recipe, path: KeyPath, catalogue: Catalogue): boolean {
  const rest = structuredClone(without(whole, path));
  if (validateRecipe(rest, catalogue).length > 0) return false;
  return isDeepStrictEqual(valueAt(withImplied(rest as Recipe), path), valueAt(whole, path));
}

function without(value: unknown, [key, ...below]: KeyPath): unknown {
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => (index === key ? without(item, below) : item));
  }
  const entries = Object.entries(value as object).flatMap(([name, child]): [string, unknown][] => {
    if (name !== key) return [[name, child]];
    return below.length === 0 ? [] : [[name, without(child, below)]];
  });
  return Object.fromEntries(entries);
}

function valueAt(value: unknown, path: KeyPath): unknown {
  return path.reduce((inside, key) => (inside as Record<string | number, unknown> | undefined)?.[key], value);
}
