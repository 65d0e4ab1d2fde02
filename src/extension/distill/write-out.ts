import { isDeepStrictEqual } from 'node:util';
import * as path from 'node:path';
import type { Catalogue } from '../../recipe/catalogue';
import { OptimizerSettings, type Recipe, ScheduleSettings, TrainSettings } from '../../recipe/schema';
import { relativePath } from '../common/written-references';

/** Keys that people look for first: written also where they have their defaults. */
const TELLING = new Set([
  'type',
  'epochs',
  'batchSize',
  'momentum',
  'weightDecay',
  'seed',
  'fraction',
  'splitSeed',
]);

interface PlainSchema {
  readonly properties?: Readonly<Record<string, PlainSchema>>;
  readonly default?: unknown;
  readonly const?: unknown;
}

/** The training section of a run, as one writes it. */
export function writeTrain({ optimizer, schedule, ...rest }: Recipe['train']): Record<string, unknown> {
  return {
    ...withoutDefaults({ epochs: rest.epochs, batchSize: rest.batchSize }, {}),
    optimizer: withoutDefaults(optimizer, alternative(OptimizerSettings.anyOf, optimizer.type)),
    schedule: withoutDefaults(schedule, alternative(ScheduleSettings.anyOf, schedule.type)),
    ...withoutDefaults(rest, TrainSettings),
    seed: 0,
  };
}

/** The data section of a run, as a recipe in `folder` writes it: short forms, paths from there. */
export function writeData(
  data: Recipe['data'],
  { formats, augmentations }: Catalogue,
  { folder, workspace }: { readonly folder: string; readonly workspace: string },
): Record<string, unknown> {
  const { format, ...options } = data.source;
  const known = formats.find(({ name }) => name === format)?.options as PlainSchema | undefined;
  const written = withoutDefaults(options, known ?? {});
  if (typeof written.path === 'string') {
    written.path = relativePath(folder, path.resolve(workspace, written.path));
  }
  const { limit, ...validation } = data.validation;
  return {
    source: shortForm('format', format, written),
    ...(data.train.limit !== undefined && { train: data.train }),
    validation: { ...validation, ...(limit !== undefined && { limit }) },
    ...(data.augment.length > 0 && {
      augment: data.augment.map(({ type, ...settings }) => {
        const schema = augmentations.find(({ name }) => name === type)?.options as PlainSchema | undefined;
        return shortForm('type', type, withoutDefaults(settings, schema ?? {}));
      }),
    }),
    ...(data.normalize && { normalize: data.normalize }),
  };
}

function shortForm(key: string, name: string, options: Record<string, unknown>): unknown {
  return Object.keys(options).length === 0 ? name : { [key]: name, ...options };
}

/** What is there and says something. */
function withoutDefaults(value: object, { properties = {} }: PlainSchema): Record<string, unknown> {
  const entries = (Object.entries(value) as [string, unknown][]).filter(
    ([key, item]) => TELLING.has(key) || !isDeepStrictEqual(item, properties[key]?.default),
  );
  return Object.fromEntries(entries);
}

function alternative(alternatives: readonly object[], type: string): PlainSchema {
  return (alternatives as PlainSchema[]).find(({ properties }) => properties?.type?.const === type) ?? {};
}
