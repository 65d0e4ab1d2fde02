import * as path from 'node:path';
import * as vscode from 'vscode';
import { InputError } from '../../common/errors';
import { executeCommand } from '../common/commands';
import { modelOf, type ModelPath, readRecipeText, type RecipeText, valueAt } from '../common/recipe-text';
import { openBeside, writeNewRecipe } from '../common/recipe-files';
import { trainedModels } from '../common/trained-models';
import { resolveWritten } from '../common/written-references';
import { TEACHER } from '../../recipe/teachers';
import type { Services } from '../services';
import { chooseData, type UsedData } from './choose-data';
import { trainingFor } from './distill';
import { type Student, studentBeside } from './find-student';
import { FIRST_TRAINING, newRecipe } from './new-recipe';
import { workspaceOf } from '../common/launcher';

/** One choice, the data, then a recipe without a teacher. Undefined where the user cancels. */
export async function train(student: Student, services: Services): Promise<vscode.Uri | undefined> {
  await services.runs.ready;
  const trained = trainedModels(services.runs.all(), path.join(student.workspace, '.retort'));
  const used: UsedData[] = trained.slice(0, 1).map(({ run }) => ({
    data: run.seen.recipe.data,
    note: vscode.l10n.t('as {0}', run.seen.recipe.name),
  }));
  const place = { step: 1, steps: 1, canGoBack: false };
  const data = await chooseData(vscode.l10n.t('Train {0}: the data', student.name), student, used, place);
  if (typeof data === 'symbol') return undefined;
  return write(student, { data, train: trainingFor(student, undefined, trained) }, services);
}

/** A recipe for a teacher of a recipe, by default that at `teacher`, on the same data and trained in the same way. */
export async function trainTeacher(
  recipe: vscode.Uri,
  services: Services,
  at: ModelPath = [TEACHER],
): Promise<vscode.Uri> {
  const text = readRecipeText((await vscode.workspace.openTextDocument(recipe)).getText());
  const written = modelOf(text, at);
  const folder = path.dirname(recipe.fsPath);
  const model = written && resolveWritten(written.model, folder, workspaceOf(recipe));
  if (written === undefined || model === undefined) {
    throw new InputError(vscode.l10n.t('{0} names no teacher: write its model first', recipe.fsPath));
  }
  const section = (key: string): Readonly<Record<string, unknown>> | undefined => sectionOf(text, key);
  const student = studentBeside(recipe, model);
  // Stages name hooks, which a model alone has none of.
  const { stages: _, ...training }: Record<string, unknown> = section('train') ?? FIRST_TRAINING;
  return write(
    student,
    {
      args: written.args,
      ...(written.imageSize && { imageSize: written.imageSize }),
      data: section('data') ?? { source: 'fashion-mnist' },
      train: training,
    },
    services,
  );
}

async function write(
  student: Student,
  sections: Pick<Parameters<typeof newRecipe>[0], 'data' | 'train' | 'args' | 'imageSize'>,
  services: Services,
): Promise<vscode.Uri> {
  const { name, text } = newRecipe({ student: student.model, hooks: [], ...sections }, student);
  const uri = await writeNewRecipe(vscode.Uri.file(student.folder), name, text);
  services.activeRecipe.set(uri);
  await openBeside(uri);
  void offerRun(uri, name);
  return uri;
}

async function offerRun(uri: vscode.Uri, name: string): Promise<void> {
  const run = vscode.l10n.t('Run');
  const message = vscode.l10n.t('{0} is ready to run.', name);
  if ((await vscode.window.showInformationMessage(message, run)) === run) {
    await executeCommand('retort.runRecipe', uri);
  }
}

function sectionOf(recipe: RecipeText, key: string): Readonly<Record<string, unknown>> | undefined {
  const value = valueAt(recipe, [key]);
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
}
