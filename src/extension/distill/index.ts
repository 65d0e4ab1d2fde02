import * as vscode from 'vscode';
import { executeCommand, registerCommand } from '../common/commands';
import { chooseRecipe } from '../common/recipe-files';
import type { ModelPath } from '../common/recipe-text';
import type { Services } from '../services';
import type { Student } from './find-student';

/** From a model to a recipe in a few choices: to distill it, to train it alone, to compare the two. */
export function register(services: Services): vscode.Disposable[] {
  const { log } = services;
  return [
    registerCommand(log, 'retort.distill', async (uri?: unknown, builder?: unknown) => {
      const { findStudent } = await import('./find-student.js');
      const student = await findStudent(uri, builder, vscode.l10n.t('Distill'), services);
      if (student === undefined) return undefined;
      const { distill } = await import('./distill.js');
      return distill(
        student,
        services,
        (model) => void executeCommand('retort.train', model, student.workspace),
      );
    }),
    registerCommand(log, 'retort.train', async (uri?: unknown, builder?: unknown) => {
      const student = await studentToTrain(uri, builder, services);
      if (student === undefined) return undefined;
      const { train } = await import('./train.js');
      return train(student, services);
    }),
    registerCommand(log, 'retort.trainTeacher', async (argument?: unknown, at?: unknown) => {
      const recipe = await chooseRecipe(services, argument);
      if (recipe === undefined) return undefined;
      const { trainTeacher } = await import('./train.js');
      return trainTeacher(recipe, services, isModelPath(at) ? at : undefined);
    }),
    registerCommand(log, 'retort.trainBaseline', async (argument?: unknown) => {
      const target = runKey(argument) ?? (await chooseRecipe(services, argument));
      if (target === undefined) return;
      const { trainBaseline } = await import('./baseline.js');
      await trainBaseline(target, services);
    }),
  ];
}

/** A function of a file, else a reference and its workspace, where that is known. */
async function studentToTrain(
  model: unknown,
  place: unknown,
  services: Services,
): Promise<Student | undefined> {
  const { findStudent, studentIn, studentNamed } = await import('./find-student.js');
  if (typeof model !== 'string') return findStudent(model, place, vscode.l10n.t('Train'), services);
  return typeof place === 'string' ? studentIn(place, model) : studentNamed(model, services);
}

/** A run is named by its key, or by its row in the tree. */
function runKey(argument: unknown): string | undefined {
  if (typeof argument === 'string') return argument;
  if (typeof argument !== 'object' || argument === null || !('key' in argument)) return undefined;
  return typeof argument.key === 'string' ? argument.key : undefined;
}

function isModelPath(value: unknown): value is ModelPath {
  return Array.isArray(value) && value.every((key) => typeof key === 'string');
}
