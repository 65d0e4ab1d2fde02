import type { NativeName } from '../common/natives';
import { parseReference } from './reference';
import type { Recipe } from './schema';
import { teachersOf } from './teachers';

/** The packages with machine code that reading a recipe's data takes. */
export function nativesOfData({ source, augment }: Recipe['data']): NativeName[] {
  const readsImages =
    source.format === 'image-folder' || augment.some(({ type }) => type === 'random-resized-crop');
  return [
    ...(source.format === 'module' ? ['esbuild' as const] : []),
    ...(readsImages ? ['sharp' as const] : []),
  ];
}

/** Those that building a model takes. A run may stand for a model of any kind. */
export function nativesOfModel(reference: string): NativeName[] {
  const { kind } = parseReference(reference);
  return kind === 'module' || kind === 'run' ? ['esbuild'] : [];
}

export function nativesOfRecipe(recipe: Recipe): NativeName[] {
  const models = [recipe.student, ...teachersOf(recipe).map(({ reference }) => reference)];
  return [
    ...new Set([...nativesOfData(recipe.data), ...models.flatMap(({ model }) => nativesOfModel(model))]),
  ];
}
