import * as path from 'node:path';
import * as vscode from 'vscode';
import type { CatalogueMethod } from '../../recipe/catalogue';
import { executeCommand } from '../common/commands';
import { hasBaseline } from '../common/baseline';
import { openBeside, writeNewRecipe } from '../common/recipe-files';
import { type TrainedModel, trainedAs, trainedModels } from '../common/trained-models';
import type { Services } from '../services';
import { chooseData, type UsedData, type WrittenData } from './choose-data';
import { chooseMethods, choosePlaces } from './choose-hooks';
import { type AbleTeacher, chooseTeacher } from './choose-teacher';
import type { Student } from './find-student';
import { hooksFor, type HookPlace } from './hooks';
import { FIRST_TRAINING, newRecipe, shortName } from './new-recipe';
import { goThrough, type Step } from '../common/steps';
import { teacherReference } from './teachers';
import { writeTrain } from './write-out';

/** What has been chosen so far. */
interface Choices {
  readonly teacher?: AbleTeacher;
  readonly methods?: readonly CatalogueMethod[];
  readonly places?: readonly HookPlace[];
  readonly data?: WrittenData;
}

/** Four choices at most, then a recipe, opened beside the code. Undefined where the user cancels. */
export async function distill(
  student: Student,
  services: Services,
  train: (model: string) => void,
): Promise<vscode.Uri | undefined> {
  await services.runs.ready;
  const trained = trainedModels(services.runs.all(), path.join(student.workspace, '.retort'));
  const steps: readonly Step<Choices>[] = [
    async (choices, place) => {
      const teacher = await chooseTeacher(student, trained, place, train);
      return typeof teacher === 'symbol' ? teacher : { ...choices, teacher };
    },
    async (choices, place) => {
      const methods = await chooseMethods(student, place);
      return typeof methods === 'symbol' ? methods : { ...choices, methods };
    },
    async (choices, place) => {
      const { teacher, methods } = choices;
      const places = await choosePlaces(student, teacher!, methods!, services, place);
      if (typeof places === 'symbol') return places;
      return places.length === 0 ? choices : { ...choices, places };
    },
    async (choices, place) => {
      const title = vscode.l10n.t('Distill {0}: the data', student.name);
      const data = await chooseData(title, student, usedData(choices.teacher!), place);
      return typeof data === 'symbol' ? data : { ...choices, data };
    },
  ];
  const choices = await goThrough(steps, {});
  if (choices === undefined) return undefined;
  return write(
    student,
    choices as Required<Pick<Choices, 'teacher' | 'methods' | 'data'>>,
    trained,
    services,
  );
}

/** The teacher's own data comes first: the student is measured against it. */
function usedData(teacher: AbleTeacher): UsedData[] {
  if (teacher.kind !== 'trained') return [];
  const { data } = teacher.trained.run.seen.recipe;
  return [{ data, note: vscode.l10n.t('as the teacher was trained') }];
}

async function write(
  student: Student,
  { teacher, methods, places = [], data }: Choices & Required<Pick<Choices, 'teacher' | 'methods' | 'data'>>,
  trained: readonly TrainedModel[],
  services: Services,
): Promise<vscode.Uri> {
  const ofTeacher = teacher.kind === 'trained' ? shortName(teacher.trained.model.model) : undefined;
  const { name, text } = newRecipe(
    {
      student: student.model,
      teacher: teacherReference(teacher),
      hooks: hooksFor(methods, places),
      data,
      train: trainingFor(student, teacher, trained),
    },
    student,
    ofTeacher === undefined ? {} : { teacher: ofTeacher },
  );
  const uri = await writeNewRecipe(vscode.Uri.file(student.folder), name, text);
  services.activeRecipe.set(uri);
  await openBeside(uri);
  const retortFolder = path.join(student.workspace, '.retort');
  const lacksBaseline = !hasBaseline({ name, student: student.model, retortFolder }, services.runs.all());
  void offerRun(uri, name, student, lacksBaseline);
  return uri;
}

/** As the student was trained before, so that the two can be compared; else as the teacher was. */
export function trainingFor(
  { model }: Pick<Student, 'model'>,
  teacher: AbleTeacher | undefined,
  trained: readonly TrainedModel[],
): Readonly<Record<string, unknown>> {
  const own = trainedAs(trained, { model, args: {} })[0];
  const example = own ?? (teacher?.kind === 'trained' ? teacher.trained : undefined);
  return example === undefined ? FIRST_TRAINING : writeTrain(example.run.seen.recipe.train);
}

async function offerRun(
  uri: vscode.Uri,
  name: string,
  student: Student,
  lacksBaseline: boolean,
): Promise<void> {
  const run = vscode.l10n.t('Run');
  const both = vscode.l10n.t('Run, and {0} Alone for Comparison', student.name);
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t('{0} is ready to run.', name),
    run,
    ...(lacksBaseline ? [both] : []),
  );
  if (chosen === undefined) return;
  await executeCommand('retort.runRecipe', uri);
  if (chosen === both) await executeCommand('retort.trainBaseline', uri);
}
