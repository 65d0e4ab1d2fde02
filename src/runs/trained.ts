import { type CheckpointName, formatReference } from '../recipe/reference';
import type { Recipe } from '../recipe/schema';
import { readRecipe, type RunFolder } from './folder';

/** A recipe whose student is what a run has trained: for evaluating and exporting it. */
export async function recipeOfTrained(run: RunFolder, checkpoint?: CheckpointName): Promise<Recipe> {
  const recipe = await readRecipe(run);
  const model = formatReference({ kind: 'run', id: run.id, ...(checkpoint && { checkpoint }) });
  delete recipe.teacher;
  delete recipe.teachers;
  delete recipe.train.stages;
  return { ...recipe, hooks: [], student: { model, args: {}, weights: null } };
}
