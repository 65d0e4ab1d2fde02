import * as vscode from 'vscode';
import type { LoadedRecipe } from '../../launch/recipes';
import type { CheckReport } from '../../protocol/inspector';
import { parseKeyPath } from '../../recipe/key-path';
import type { RecipeError } from '../../recipe/problem';
import { executeCommand } from '../common/commands';
import type { ImageShape } from '../../recipe/image-shape';
import { SeenImages } from '../common/seen-images';
import { withProgress } from '../common/progress';
import { saveRecipe } from '../common/recipe-files';
import type { Services } from '../services';
import type { RecipeProblems } from './problems';

export interface CheckedRecipe {
  readonly loaded: LoadedRecipe;
  readonly report: CheckReport;
}

/**
 * Saves a recipe and checks it against its models and data, with progress and cancel. Undefined where it is wrong:
 * its problems are shown then.
 */
export async function checkRecipe(
  uri: vscode.Uri,
  {
    context,
    launcher,
    problems,
    trial,
  }: Pick<Services, 'context' | 'launcher'> & { problems: RecipeProblems; trial: boolean },
): Promise<CheckedRecipe | undefined> {
  await saveRecipe(uri);
  const { RecipeError } = await import('../../recipe/problem.js');
  const document = await vscode.workspace.openTextDocument(uri);
  try {
    const loaded = await launcher.load(uri);
    const report = await withProgress(vscode.l10n.t('Checking {0}', loaded.recipe.name), (options) =>
      launcher.check(uri, { ...options, trial }),
    );
    await problems.showReal(document, 'check', []);
    new SeenImages(context.workspaceState).remember(loaded.recipe.data.source, loaded.workspace, {
      inputShape: report.data.imageShape as ImageShape['inputShape'],
      classes: report.data.classes,
    });
    return { loaded, report };
  } catch (error) {
    if (!(error instanceof RecipeError)) throw error;
    await problems.showReal(document, 'check', error.problems);
    await tellProblems(document, error);
    return undefined;
  }
}

async function tellProblems(document: vscode.TextDocument, { problems }: RecipeError): Promise<void> {
  const [first, ...others] = problems;
  if (first === undefined) return;
  const { inEditor } = await import('./findings.js');
  const sentence = first.path === '' ? first.message : `${first.path}: ${inEditor(first)}`;
  const untrained = problems.find(({ code }) => code === 'untrained-teacher');
  const show = vscode.l10n.t('Show');
  const train = vscode.l10n.t('Train the Teacher');
  const message =
    others.length === 0 ? sentence : vscode.l10n.t('{0} (and {1} more)', sentence, others.length);
  const chosen = await vscode.window.showErrorMessage(message, ...(untrained ? [train] : []), show);
  if (chosen === train) {
    await executeCommand('retort.trainTeacher', document.uri, parseKeyPath(untrained!.path)?.slice(0, -1));
  }
  if (chosen !== show) return;
  const at = new vscode.Position(first.line - 1, first.column - 1);
  await vscode.window.showTextDocument(document, { selection: new vscode.Range(at, at) });
}
