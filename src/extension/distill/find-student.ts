import * as path from 'node:path';
import * as vscode from 'vscode';
import { loadCatalogue } from '../../recipe/load-catalogue';
import { workspacePath } from '../../recipe/workspace';
import { workspaceOf } from '../common/launcher';
import { findRecipes } from '../common/recipe-files';
import { requireFolder } from '../common/require-folder';
import { findWorkspaceModels, type WorkspaceModel } from '../common/workspace-models';
import { chooseOne, heading } from '../common/choose';
import type { Services } from '../services';
import { shortName } from './new-recipe';

/** A model to train, and where what is written about it goes. */
export interface Student {
  /** As a resolved recipe names it. */
  readonly model: string;
  readonly name: string;
  readonly workspace: string;
  /** Where new recipes go. */
  readonly folder: string;
}

/**
 * The model that a command is about: the one named, else that of the editor's file, else the one that the user picks.
 * Undefined where they pick none; throws `InputError` where no folder is open.
 */
export async function findStudent(
  uri: unknown,
  builder: unknown,
  title: string,
  services: Pick<Services, 'activeRecipe'>,
): Promise<Student | undefined> {
  const file = uri instanceof vscode.Uri ? uri : sourceInFront();
  if (file !== undefined && typeof builder === 'string') return studentOf({ uri: file, name: builder });
  requireFolder();
  const found = await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Looking for models') },
    () => findWorkspaceModels(),
  );
  const here = found.filter((model) => model.uri.toString() === file?.toString());
  if (here.length === 1) return studentOf(here[0]!);
  const networks = loadCatalogue().networks;
  const chosen = await chooseOne<WorkspaceModel | string>({
    title,
    placeholder: vscode.l10n.t('Which model?'),
    place: { step: 1, steps: 1, canGoBack: false },
    choices: () => [
      ...(here.length > 0 ? here : found).map((model) => ({
        label: model.name,
        description: vscode.workspace.asRelativePath(model.uri),
        value: model,
      })),
      ...(here.length > 0 ? [] : [heading(vscode.l10n.t('Built in'))]),
      ...(here.length > 0 ? [] : networks).map(({ name, summary }) => ({
        label: name,
        detail: summary,
        value: `builtin:${name}`,
      })),
    ],
  });
  if (typeof chosen === 'symbol') return undefined;
  return typeof chosen === 'string' ? studentNamed(chosen, services) : studentOf(chosen);
}

/** A model that lies in no folder: for the one that is worked in, else that the user picks. Undefined where they pick none. */
export async function studentNamed(
  model: string,
  { activeRecipe }: Pick<Services, 'activeRecipe'>,
): Promise<Student | undefined> {
  const inFront = vscode.window.activeTextEditor?.document.uri;
  const near = [inFront, activeRecipe.uri].find((uri) => uri && vscode.workspace.getWorkspaceFolder(uri));
  const workspace = near ? workspaceOf(near) : await pickWorkspace();
  return workspace === undefined ? undefined : studentIn(workspace, model);
}

async function pickWorkspace(): Promise<string | undefined> {
  const folders = requireFolder();
  const placeHolder = vscode.l10n.t('Which folder shall the recipe be written in?');
  const folder =
    folders.length > 1
      ? await vscode.window.showWorkspaceFolderPick({ placeHolder, ignoreFocusOut: true })
      : folders[0];
  return folder && workspaceOf(vscode.Uri.joinPath(folder.uri, 'recipe'));
}

/** A model that a recipe names: what is written about it goes beside the recipe. */
export function studentBeside(recipe: vscode.Uri, model: string): Student {
  const folder = path.dirname(recipe.fsPath);
  return { model, name: shortName(model), workspace: workspaceOf(recipe), folder };
}

function studentOf({ uri, name }: WorkspaceModel): Promise<Student> {
  const workspace = workspaceOf(uri);
  return studentIn(workspace, `${workspacePath(workspace, uri.fsPath)}#${name}`);
}

/** @param model as a resolved recipe of the workspace names it */
export async function studentIn(workspace: string, model: string): Promise<Student> {
  return { model, name: shortName(model), workspace, folder: await recipeFolder(workspace) };
}

/** Where the recipes of a workspace are; its own folder where there is none yet. */
async function recipeFolder(workspace: string): Promise<string> {
  const recipes = (await findRecipes()).filter((uri) => workspaceOf(uri) === workspace);
  const folders = recipes.map(({ fsPath }) => path.dirname(fsPath));
  const most = (folder: string): number => folders.filter((other) => other === folder).length;
  return folders.sort((a, b) => most(b) - most(a))[0] ?? workspace;
}

function sourceInFront(): vscode.Uri | undefined {
  const uri = vscode.window.activeTextEditor?.document.uri;
  return uri?.scheme === 'file' && /\.[cm]?[jt]sx?$/.test(uri.path) ? uri : undefined;
}
