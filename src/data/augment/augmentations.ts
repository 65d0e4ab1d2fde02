import type { CatalogueAugmentation } from '../../recipe/catalogue';
import type { Augmentation } from './augmentation';
import { colorJitter } from './color-jitter';
import { crop } from './crop';
import { cutout } from './cutout';
import { flip } from './flip';
import { mixup } from './mixup';
import { randomResizedCrop } from './random-resized-crop';

/** Every augmentation that a recipe's `data.augment` can name. A new one is a file beside these and a line here. */
export const augmentations: readonly Augmentation[] = [
  flip,
  crop,
  randomResizedCrop,
  colorJitter,
  cutout,
  mixup,
];

/** The augmentations as plain data. */
export function catalogueAugmentations(): CatalogueAugmentation[] {
  return augmentations.map(({ name, summary, options }) => ({ name, summary, options }));
}
