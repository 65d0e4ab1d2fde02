import { InputError } from '../common/errors';
import { didYouMean } from '../common/suggest';
import type { Recipe } from '../recipe/schema';
import type { Dataset, OpenContext } from './dataset';
import { formats } from './formats';
import { checkOptions } from './options';

/**
 * Opens the dataset that a recipe's `data.source` names.
 * Throws `InputError` for an unknown format or option and for whatever is wrong with the files.
 */
export async function openDataset(source: Recipe['data']['source'], context: OpenContext): Promise<Dataset> {
  const { format: name, ...options } = source;
  const names = formats.map((format) => format.name);
  const format = formats.find((candidate) => candidate.name === name);
  if (format === undefined) {
    throw new InputError(
      `data.source: no data format "${name}"${didYouMean(name, names)} (there are ${names.join(', ')})`,
    );
  }
  return format.open(checkOptions(format.options, options, 'data.source'), context);
}
