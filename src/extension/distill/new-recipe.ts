import * as path from 'node:path';
import { parseReference } from '../../recipe/reference';
import type { ModelReference } from '../../recipe/schema';
import { writeReference } from '../common/written-references';
import type { NewHook } from '../common/new-hook';
import { printRecipe } from '../common/print-recipe';

/** What is chosen for a new recipe; references as a resolved recipe names them, sections as they are written. */
export interface RecipeChoices {
  readonly student: string;
  /** The student's further arguments. */
  readonly args?: Readonly<Record<string, unknown>>;
  /** Of the images that the student sees, where it is to be smaller. */
  readonly imageSize?: ModelReference['imageSize'];
  readonly teacher?: ModelReference;
  readonly hooks: readonly NewHook[];
  readonly data: Readonly<Record<string, unknown>>;
  readonly train: Readonly<Record<string, unknown>>;
}

export interface NewRecipe {
  readonly name: string;
  readonly text: string;
}

/** For a student that nothing is known about yet. */
export const FIRST_TRAINING = {
  epochs: 10,
  batchSize: 64,
  optimizer: { type: 'sgd', lr: 0.05, momentum: 0.9, weightDecay: 5e-4 },
  schedule: { type: 'cosine' },
  seed: 0,
} as const;

/** Writes a recipe for `folder`. */
export function newRecipe(
  { student, args = {}, imageSize, teacher, hooks, data, train }: RecipeChoices,
  { folder, workspace }: { readonly folder: string; readonly workspace: string },
  names: { readonly teacher?: string } = {},
): NewRecipe {
  const studentName = shortName(student);
  const teacherName = teacher && (names.teacher ?? shortName(teacher.model));
  const name = teacherName === undefined ? studentName : `${studentName}-from-${teacherName}`;
  const comment =
    teacherName === undefined
      ? `${studentName}, trained on its own.`
      : `${studentName} learns from ${teacherName}: ${list(hooks.map(({ method }) => method))}.`;
  const recipe = {
    name,
    data,
    teacher: teacher && {
      model: writeReference(teacher.model, folder, workspace),
      ...(Object.keys(teacher.args).length > 0 && { args: teacher.args }),
      ...(teacher.weights !== null && { weights: teacher.weights }),
      ...(teacher.imageSize && { imageSize: teacher.imageSize }),
    },
    student: {
      model: writeReference(student, folder, workspace),
      ...(Object.keys(args).length > 0 && { args }),
      ...(imageSize && { imageSize }),
    },
    hooks: hooks.length > 0 ? hooks : undefined,
    train,
  };
  return { name, text: printRecipe(recipe, oneLine(comment)) };
}

/** What people call a model: the export, the network, the folder of a `model.json`. */
export function shortName(reference: string): string {
  const parsed = parseReference(reference);
  switch (parsed.kind) {
    case 'builtin':
      return parsed.name;
    case 'run':
      return parsed.id;
    case 'file':
      return path.basename(path.dirname(path.resolve('/', parsed.file))) || 'model';
    case 'module':
      return parsed.exportName === 'default' ? path.parse(parsed.file).name : parsed.exportName;
  }
}

function list(words: readonly string[]): string {
  return new Intl.ListFormat('en-GB').format(new Set(words));
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}
