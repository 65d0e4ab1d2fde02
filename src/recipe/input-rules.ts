import type { Catalogue } from './catalogue';
import { knownImages, tooLarge } from './image-shape';
import type { Finding } from './problem';
import { parseReference } from './reference';
import type { ModelReference, Recipe } from './schema';
import { teachersOf } from './teachers';

/** What must hold of the sizes that models see images in, and of mixing. */
export function checkInputs(recipe: Recipe, catalogue: Catalogue): Finding[] {
  const models = [
    { path: 'student', reference: recipe.student },
    ...teachersOf(recipe).map(({ path, reference }) => ({ path, reference })),
  ];
  return [
    ...models.flatMap(({ path, reference }) => checkSize(path, reference, recipe, catalogue)),
    ...checkMixing(recipe),
  ];
}

function checkSize(
  model: string,
  { model: written, imageSize }: ModelReference,
  { data }: Recipe,
  catalogue: Catalogue,
): Finding[] {
  if (imageSize === undefined) return [];
  const path = `${model}.imageSize`;
  if (isRun(written)) {
    const message = 'the student of a run sees images of the size that its own recipe says; remove it';
    return [{ path, message, about: 'key' }];
  }
  const shape = knownImages(data.source, catalogue)?.inputShape;
  const message = shape && tooLarge(imageSize, shape);
  return message === undefined ? [] : [{ path, message }];
}

/** What cannot be read has its own finding. */
function isRun(model: string): boolean {
  try {
    return parseReference(model).kind === 'run';
  } catch {
    return false;
  }
}

function checkMixing({ train, data }: Recipe): Finding[] {
  if (train.uncertaintyMixup === undefined || !data.augment.some(({ type }) => type === 'mixup')) return [];
  const message = 'images that "mixup" of data.augment has mixed cannot be mixed again; remove one of both';
  return [{ path: 'train.uncertaintyMixup', message, about: 'key' }];
}
