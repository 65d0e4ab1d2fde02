import * as path from 'node:path';
import { parseReference } from '../../recipe/reference';
import type { Recipe } from '../../recipe/schema';
import { sourcesOf, teachersOf } from '../../recipe/teachers';

/**
 * What a recipe does, in one line: `resnet8 ← resnet20   kd 0.9 + tat 0.1@stage3`; `↔` stands before models that learn
 * from each other.
 */
export function describeRecipe(recipe: Recipe): string {
  const { stages } = recipe.train;
  const student = modelName(recipe.student.model);
  const hooks = describeHooks(recipe);
  const others = describeTeachers(recipe);
  if (others === '' && hooks === '') return `${student}   alone`;
  const models = others === '' ? `${student} ← itself` : `${student}${others}`;
  return `${models}   ${hooks || 'no hooks'}${stages === undefined ? '' : `   in ${stages.length} ${stages.length === 1 ? 'stage' : 'stages'}`}`;
}

/** ` ← resnet20 + resnet56 ↔ resnet8` */
function describeTeachers(recipe: Recipe): string {
  const teachers = teachersOf(recipe);
  return (['←', '↔'] as const)
    .map((arrow) => {
      const names = teachers
        .filter(({ reference }) => (reference.learns === true) === (arrow === '↔'))
        .map(({ reference }) => modelName(reference.model));
      return names.length === 0 ? '' : ` ${arrow} ${names.join(' + ')}`;
    })
    .join('');
}

/** Methods with their weights, where they hook and whom: `kd 0.9 + tat 0.1@stage3:deep`. */
function describeHooks(recipe: Recipe): string {
  return recipe.hooks
    .map((hook) => {
      const layers = hook.student === undefined ? '' : `@${[hook.student].flat().join('+')}`;
      const from = hook.from === undefined ? '' : `:${sourcesOf(hook).join('+')}`;
      return `${hook.method} ${hook.weight}${layers}${from}`;
    })
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
