import { InputError } from '../../common/errors';
import * as vscode from 'vscode';
import { groupKey } from '../../recipe/names';
import type { Recipe } from '../../recipe/schema';
import { aloneOf } from '../common/baseline';
import { saveRecipe } from '../common/recipe-files';
import { runsIn } from '../common/runs-in';
import { isReadable } from '../common/seen-run';
import { startSeeds } from '../common/start-seeds';
import type { Services } from '../services';

/** Trains the student of a recipe, or of a run's, alone: with the seeds that it has been distilled with. */
export async function trainBaseline(target: vscode.Uri | string, services: Services): Promise<void> {
  const { recipe, retortFolder } = await recipeOf(target, services);
  if (recipe.teacher === undefined && recipe.hooks.length === 0) {
    throw new InputError(vscode.l10n.t('{0} trains its student alone already: run it', recipe.name));
  }
  const alone = aloneOf(recipe);
  const seedsOf = (key: string): number[] =>
    runsIn(retortFolder, services.runs.all())
      .filter(isReadable)
      .filter((run) => groupKey(run.seen.recipe) === key)
      .map((run) => run.seen.recipe.train.seed);
  const there = new Set(seedsOf(groupKey(alone)));
  const wanted = [...new Set([...seedsOf(groupKey(recipe)), recipe.train.seed])].sort((a, b) => a - b);
  const missing = wanted.filter((seed) => !there.has(seed));
  await startSeeds(alone, retortFolder, missing.length > 0 ? missing : [recipe.train.seed], services);
}

async function recipeOf(
  target: vscode.Uri | string,
  { runs, launcher }: Services,
): Promise<{ readonly recipe: Recipe; readonly retortFolder: string }> {
  if (target instanceof vscode.Uri) {
    await saveRecipe(target);
    return launcher.load(target);
  }
  const run = runs.get(target);
  if (run === undefined || !isReadable(run)) {
    throw new InputError(vscode.l10n.t('There is no run {0} that can be read', target));
  }
  return { recipe: run.seen.recipe, retortFolder: run.run.retortFolder };
}
