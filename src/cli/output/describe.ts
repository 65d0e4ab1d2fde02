import * as path from 'node:path';
import { parseReference } from '../../recipe/reference';
import type { Recipe } from '../../recipe/schema';

/** What a recipe does, in one line: `resnet8 ← resnet20   kd 0.9 + tat 0.1@stage3`. */
export function describeRecipe(recipe: Recipe): string {
  const student = modelName(recipe.student.model);
  if (recipe.teacher === undefined) return `${student}   alone`;
  const models = `${student} ← ${modelName(recipe.teacher.model)}`;
  return `${models}   ${describeHooks(recipe) || 'no hooks'}`;
}

/** Methods with their weights and where they hook: `kd 0.9 + tat 0.1@stage3`. */
function describeHooks(recipe: Recipe): string {
  return recipe.hooks
    .map(
      ({ method, weight, student }) =>
        `${method} ${weight}${student === undefined ? '' : `@${[student].flat().join('+')}`}`,
    )
    .join(' + ');
}

/** The short name of a model: the network, the export, the folder of a `model.json`, or the run. */
export function modelName(text: string): string {
  const reference = parseReference(text);
  switch (reference.kind) {
    case 'builtin':
      return reference.name;
    case 'module':
      return reference.exportName;
    case 'file':
      return path.basename(path.dirname(path.resolve(reference.file)));
    case 'run':
      return `run ${reference.id}`;
  }
}
