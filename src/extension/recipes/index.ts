import * as vscode from 'vscode';
import { isRecipe } from '../common/active-recipe';
import { registerCommand } from '../common/commands';
import { chooseRecipe, pickRecipe, RECIPES } from '../common/recipe-files';
import type { Services } from '../services';
import { CheckDocuments } from './check-document';
import { RecipeCompletions } from './completion';
import { RecipeHover } from './hover';
import { RecipeLenses } from './lenses';
import { RecipeProblems } from './problems';
import { QuickFixes } from './quick-fixes';

const selector: vscode.DocumentSelector = { scheme: 'file', pattern: RECIPES };

/** Recipes as first-class files: problems, completion, hover, lenses, and the commands that run and check them. */
export function register(services: Services): vscode.Disposable[] {
  const { log } = services;
  const problems = new RecipeProblems();
  const reports = new CheckDocuments();
  const lenses = new RecipeLenses(services);
  const { languages, workspace } = vscode;

  const checkAll = (): void => workspace.textDocuments.forEach((document) => void checkLayers(document));
  checkAll();

  return [
    problems,
    reports,
    lenses,
    workspace.onDidGrantWorkspaceTrust(checkAll),
    languages.registerCodeLensProvider(selector, lenses),
    languages.registerCodeActionsProvider(selector, new QuickFixes(problems, services.runs), {
      providedCodeActionKinds: QuickFixes.kinds,
    }),
    languages.registerCompletionItemProvider(
      selector,
      new RecipeCompletions(services),
      ...RecipeCompletions.triggers,
    ),
    languages.registerHoverProvider(selector, new RecipeHover(services)),
    workspace.onDidOpenTextDocument((document) => void checkLayers(document)),
    workspace.onDidSaveTextDocument((document) => void checkLayers(document)),
    registerCommand(log, 'retort.runRecipe', async (argument?: unknown) => {
      const uri = await chooseRecipe(services, argument);
      if (uri === undefined) return;
      const { runRecipe } = await import('./run.js');
      await runRecipe(uri, { ...services, problems });
    }),
    registerCommand(log, 'retort.runRecipeWithSeeds', async (argument?: unknown) => {
      const uri = await chooseRecipe(services, argument);
      if (uri === undefined) return;
      const { askSeeds } = await import('./ask-seeds.js');
      const seeds = await askSeeds([0, 1, 2]);
      if (seeds === undefined) return;
      const { runRecipe } = await import('./run.js');
      await runRecipe(uri, { ...services, problems }, seeds);
    }),
    registerCommand(log, 'retort.checkRecipe', async (argument?: unknown) => {
      const uri = await chooseRecipe(services, argument);
      if (uri === undefined) return;
      const { checkRecipe } = await import('./check.js');
      const checked = await checkRecipe(uri, { ...services, problems, trial: true });
      if (checked !== undefined) await reports.show(uri, checked.loaded.recipe.name, checked.report);
    }),
    registerCommand(log, 'retort.duplicateRecipe', async (argument?: unknown) => {
      const uri = await chooseRecipe(services, argument);
      if (uri === undefined) return undefined;
      const { duplicateRecipe } = await import('./duplicate.js');
      return duplicateRecipe(uri);
    }),
    registerCommand(log, 'retort.pickActiveRecipe', async () => {
      const picked = await pickRecipe(vscode.l10n.t('Whose hooks shall the lenses show?'));
      if (picked !== undefined) services.activeRecipe.set(picked);
    }),
  ];

  /** Tells layers that the real models lack, where the user did not ask for it: in silence. */
  async function checkLayers(document: vscode.TextDocument): Promise<void> {
    if (!isRecipe(document.uri)) return;
    const [{ findUnknownLayers }, { readRecipeText }] = await Promise.all([
      import('./layers.js'),
      import('../common/recipe-text.js'),
    ]);
    const { version } = document;
    const found = await findUnknownLayers(readRecipeText(document.getText()), document.uri, services);
    // Typed on meanwhile: the next save asks again.
    if (!document.isClosed && document.version === version)
      await problems.showReal(document, 'layers', found);
  }
}
