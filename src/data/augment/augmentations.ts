import type { CatalogueAugmentation } from '../../recipe/catalogue';
import type { Augmentation } from './augmentation';
import { crop } from './crop';
import { flip } from './flip';

/** Every augmentation that a recipe's `data.augment` can name. A new one is a file beside these and a line here. */
export const augmentations: readonly Augmentation[] = [flip, crop];

/** The augmentations as plain data. */
export function catalogueAugmentations(): CatalogueAugmentation[] {
  return augmentations.map(({ name, summary, options }) => ({ name, summary, options }));
}
