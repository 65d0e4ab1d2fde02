import type * as vscode from 'vscode';
import { startSeeds } from '../common/start-seeds';
import type { Services } from '../services';
import { checkRecipe } from './check';
import type { RecipeProblems } from './problems';

/** Saves, checks and starts a recipe, a run for each seed (default: the recipe's own), and opens the panel. */
export async function runRecipe(
  uri: vscode.Uri,
  services: Services & { readonly problems: RecipeProblems },
  seeds?: readonly number[],
): Promise<void> {
  services.activeRecipe.set(uri);
  const checked = await checkRecipe(uri, { ...services, trial: false });
  if (checked === undefined) return;
  const { recipe, retortFolder } = checked.loaded;
  await startSeeds(recipe, retortFolder, seeds ?? [recipe.train.seed], services);
}
