import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { errorCode, InputError } from '../../common/errors';
import type { Services } from '../services';
import { isRecipe } from './active-recipe';
import { requireFolder } from './require-folder';

export const RECIPES = '**/*.distill.json';

/** All recipe files of the workspace, sorted by their paths. */
export async function findRecipes(): Promise<vscode.Uri[]> {
  const found = await vscode.workspace.findFiles(RECIPES, '**/{node_modules,.retort}/**');
  return found.filter(isRecipe).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/**
 * The recipe that a command is about: its argument, else the one in the editor in front, else the active one, else the
 * one that the user picks. Undefined where they pick none; throws `InputError` where there is none.
 */
export async function chooseRecipe(
  { activeRecipe }: Pick<Services, 'activeRecipe'>,
  argument: unknown,
): Promise<vscode.Uri | undefined> {
  if (argument instanceof vscode.Uri) {
    if (isRecipe(argument)) return argument;
    throw new InputError(vscode.l10n.t('{0} is not a recipe: recipes end in .distill.json', argument.fsPath));
  }
  const inFront = vscode.window.activeTextEditor?.document.uri;
  if (inFront !== undefined && isRecipe(inFront)) return inFront;
  const active = activeRecipe.uri;
  if (active !== undefined && (await exists(active))) return active;
  return pickRecipe(vscode.l10n.t('Which recipe?'));
}

/** Lets the user pick one; `InputError` where the workspace has none. */
export async function pickRecipe(placeHolder: string): Promise<vscode.Uri | undefined> {
  requireFolder();
  const recipes = await findRecipes();
  if (recipes.length === 0) {
    throw new InputError(
      vscode.l10n.t(
        'There is no recipe in this workspace yet: run "Retort: Distill" on a model to write one',
      ),
    );
  }
  const items = recipes.map((uri) => ({
    label: path.basename(uri.path).replace(/\.distill\.json$/, ''),
    description: path.dirname(vscode.workspace.asRelativePath(uri)).replace(/^\.$/, ''),
    uri,
  }));
  const picked = await vscode.window.showQuickPick(items, {
    placeHolder,
    matchOnDescription: true,
    ignoreFocusOut: true,
  });
  return picked?.uri;
}

/** Writes `<stem>.distill.json`, or `<stem>-2.distill.json` and so on, beside others; never over one. */
export async function writeNewRecipe(folder: vscode.Uri, stem: string, text: string): Promise<vscode.Uri> {
  const name = stem.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|[-.]+$/g, '') || 'recipe';
  for (let count = 1; ; count++) {
    const uri = vscode.Uri.joinPath(folder, `${name}${count === 1 ? '' : `-${count}`}.distill.json`);
    try {
      await fs.writeFile(uri.fsPath, text, { flag: 'wx' });
      return uri;
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
}

/** Opens a recipe beside the code, or in front where the code is not shown. */
export async function openBeside(uri: vscode.Uri): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const { activeTextEditor } = vscode.window;
  const isBesideCode = activeTextEditor !== undefined && !isRecipe(activeTextEditor.document.uri);
  await vscode.window.showTextDocument(document, {
    viewColumn: isBesideCode ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active,
    preview: false,
  });
}

/** What is run is what is shown: a changed recipe is saved first. */
export async function saveRecipe(uri: vscode.Uri): Promise<void> {
  const document = vscode.workspace.textDocuments.find((open) => open.uri.toString() === uri.toString());
  if (document?.isDirty !== true || (await document.save())) return;
  throw new InputError(vscode.l10n.t('{0} cannot be saved: save it under another name first', uri.fsPath));
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(uri);
    return true;
  } catch {
    return false;
  }
}
