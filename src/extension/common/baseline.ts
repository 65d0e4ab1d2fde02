import { variantOf } from '../../recipe/names';
import type { Recipe } from '../../recipe/schema';
import { runsIn } from './runs-in';
import { isReadable, type SeenRun } from './seen-run';

/**
 * The recipe of the group that a recipe's runs are compared with: the same student on the same data, trained in the
 * same way, by the task's own loss alone.
 */
export function aloneOf(recipe: Recipe): Recipe {
  const { teacher: _teacher, teachers: _teachers, variant: _variant, ...rest } = recipe;
  const { teacherClassifier: _classifier, ...student } = recipe.student;
  const { stages: _stages, ...train } = recipe.train;
  // A weight below 1 leaves room for the hooks'; without hooks it would only be a smaller learning rate.
  return { ...rest, student, hooks: [], train, task: { ...recipe.task, lossWeight: 1 } };
}

/** Whether an experiment has runs of a student alone, in whatever state. */
export function hasBaseline(
  {
    name,
    student,
    retortFolder,
  }: { readonly name: string; readonly student?: string; readonly retortFolder: string },
  runs: readonly SeenRun[],
): boolean {
  return runsIn(retortFolder, runs)
    .filter(isReadable)
    .map(({ seen }) => seen.recipe)
    .some(
      (other) =>
        other.name === name &&
        other.hooks.length === 0 &&
        variantOf(other) === 'alone' &&
        (student === undefined || other.student.model === student),
    );
}
