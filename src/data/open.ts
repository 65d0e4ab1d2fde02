import { InputError } from '../common/errors';
import { didYouMean } from '../common/suggest';
import type { Dataset, OpenContext } from './dataset';
import { formats } from './formats';
import { checkOptions } from './options';

/**
 * Opens the dataset that a recipe's `data.source` names: a format's name, or `{ "format": name, … options }`.
 * Throws `InputError` for an unknown format or option and for whatever is wrong with the files.
 */
export async function openDataset(source: unknown, context: OpenContext): Promise<Dataset> {
  const { format: name, ...options } = asObject(source);
  const names = formats.map((format) => format.name);
  const format = formats.find((candidate) => candidate.name === name);
  if (format === undefined) {
    throw new InputError(
      `data.source: no data format "${name}"${didYouMean(name, names)} (there are ${names.join(', ')})`,
    );
  }
  return format.open(checkOptions(format.options, options, 'data.source'), context);
}

function asObject(source: unknown): { format: string; [option: string]: unknown } {
  if (typeof source === 'string') return { format: source };
  if (
    typeof source === 'object' &&
    source !== null &&
    'format' in source &&
    typeof source.format === 'string'
  ) {
    return { ...source, format: source.format };
  }
  throw new InputError(
    'data.source: must be the name of a dataset ("fashion-mnist") or { "format": name, ... }, got ' +
      (JSON.stringify(source) ?? 'nothing'),
  );
}
