import type { CatalogueFormat } from '../recipe/catalogue';
import type { DataFormat } from './dataset';
import { fashionMnist } from './formats/fashion-mnist';
import { idx } from './formats/idx';
import { mnist } from './formats/mnist';

/** Every format that a recipe's `data.source` can name. A new one is a file beside these and a line here. */
export const formats: readonly DataFormat[] = [fashionMnist, mnist, idx];

/** The formats as plain data. */
export function catalogueFormats(): CatalogueFormat[] {
  return formats.map(({ name, summary, kind, options }) => ({ name, summary, kind, options }));
}
