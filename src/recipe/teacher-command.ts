import type { ModelReference, Recipe } from './schema';

/**
 * The command that trains a teacher of a recipe by itself, on the same data and in the same way:
 * the recipe with the teacher in the student's place.
 */
export function teacherCommand(recipe: Recipe, teacher: ModelReference, file: string): string {
  const overrides = [
    `name=teacher-${teacher.model.replace(/^.*[#:/]/, '')}`,
    ...(recipe.teacher === undefined ? [] : ['teacher=']),
    ...(recipe.teachers === undefined ? [] : ['teachers=']),
    ...(recipe.train.stages === undefined ? [] : ['train.stages=']),
    ...(recipe.variant === undefined ? [] : ['variant=']),
    ...(recipe.hooks.length === 0 ? [] : ['hooks=']),
    ...(recipe.student.weights === null ? [] : ['student.weights=']),
    ...(recipe.student.teacherClassifier === undefined ? [] : ['student.teacherClassifier=']),
    `student.model=${teacher.model}`,
    ...argsOverride(recipe.student.args, teacher.args),
    ...sizeOverride(recipe.student.imageSize, teacher.imageSize),
  ];
  return ['retort', 'run', file, ...overrides.flatMap((override) => ['--set', override])]
    .map(quoteForShell)
    .join(' ');
}

function argsOverride(student: ModelReference['args'], teacher: ModelReference['args']): string[] {
  const args = JSON.stringify(teacher);
  if (JSON.stringify(student) === args) return [];
  return [`student.args=${args === '{}' ? '' : args}`];
}

function sizeOverride(student: ModelReference['imageSize'], teacher: ModelReference['imageSize']): string[] {
  if (JSON.stringify(student) === JSON.stringify(teacher)) return [];
  return [`student.imageSize=${teacher === undefined ? '' : JSON.stringify(teacher)}`];
}

function quoteForShell(word: string): string {
  return /^[\w./:=#@+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
