import type { CatalogueFormat } from '../recipe/catalogue';
import type { DataFormat } from './dataset';
import { cifar10 } from './formats/cifar10';
import { cifar100 } from './formats/cifar100';
import { fashionMnist } from './formats/fashion-mnist';
import { idx } from './formats/idx';
import { imageFolder } from './formats/image-folder';
import { mnist } from './formats/mnist';
import { userModule } from './formats/module';

/** Every format that a recipe's `data.source` can name. A new one is a file beside these and a line here. */
export const formats: readonly DataFormat[] = [
  fashionMnist,
  mnist,
  cifar10,
  cifar100,
  imageFolder,
  idx,
  userModule,
];

/** The formats as plain data. */
export function catalogueFormats(): CatalogueFormat[] {
  return formats.map(({ name, summary, kind, images, options }) => ({
    name,
    summary,
    kind,
    ...(images && { images }),
    options,
  }));
}
