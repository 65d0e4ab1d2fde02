import { InvalidArgumentError, Option } from 'commander';
import { backendChoices } from '../backends';
import { isCheckpointName, type CheckpointName } from '../recipe/reference';

/** Options that several commands share, and how their values are read. */

export const backendOption = (): Option =>
  new Option(
    '--backend <name>',
    `what does the arithmetic: ${backendChoices.join(', ')} (default: RETORT_BACKEND, else auto)`,
  );

export const setOption = (): Option =>
  new Option(
    '--set <place=value>',
    'change the recipe for this run, as in train.epochs=2; may be repeated',
  ).argParser(collect);

export const timeLimitOption = (): Option =>
  new Option('--time-limit <seconds>', 'how long building a model, or opening a data module, may take')
    .argParser(parsePositive)
    .default(30);

export const checkpointOption = (): Option =>
  new Option('--checkpoint <name>', 'best, last or step-N (default: what the recipe reports)').argParser(
    parseCheckpoint,
  );

/** Seeds from `0,1,2`. */
export function parseSeeds(text: string): number[] {
  const seeds = text.split(',').map((part) => part.trim());
  if (!seeds.every((seed) => /^\d{1,15}$/.test(seed))) {
    throw new InvalidArgumentError('Write whole numbers with commas between them, as in 0,1,2.');
  }
  if (new Set(seeds.map(Number)).size < seeds.length)
    throw new InvalidArgumentError('A seed is given twice.');
  return seeds.map(Number);
}

export function parseCheckpoint(text: string): CheckpointName {
  if (!isCheckpointName(text)) throw new InvalidArgumentError('Write best, last or step-N.');
  return text;
}

export function parsePositive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('Write a number above 0.');
  return value;
}

/** [height, width, channels] from `32x32x3`. */
export function parseInputShape(text: string): [number, number, number] {
  const sizes = /^(\d{1,5})[x×](\d{1,5})[x×](\d{1,5})$/.exec(text)?.slice(1).map(Number) ?? [];
  const [height, width, channels] = sizes;
  if (!height || !width || !channels) throw new InvalidArgumentError('Write it like 32x32x3.');
  return [height, width, channels];
}

/** The values of an option that may be repeated. */
export function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value];
}
