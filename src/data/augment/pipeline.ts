import { InputError } from '../../common/errors';
import { didYouMean } from '../../common/suggest';
import type { Recipe } from '../../recipe/schema';
import { checkOptions } from '../options';
import {
  STAGES,
  type Augmentation,
  type ChangeBatch,
  type ChangeImage,
  type ChangeValues,
  type ChooseRegion,
} from './augmentation';
import { augmentations } from './augmentations';

/** The augmentations of a recipe, ready to be applied, by stage. */
export interface Pipeline {
  region: ChooseRegion | undefined;
  readonly image: ChangeImage[];
  readonly values: ChangeValues[];
  readonly batch: ChangeBatch[];
}

/**
 * Makes the pipeline of `data.augment`.
 * Throws `InputError` with the place in the recipe for unknown names and options, a wrong order, and a second
 * choice of the region.
 */
export function createPipeline(entries: Recipe['data']['augment']): Pipeline {
  const pipeline: Pipeline = { region: undefined, image: [], values: [], batch: [] };
  let previous = { name: '', stage: 0 };
  entries.forEach((entry, index) => {
    const place = `data.augment[${index}]`;
    const { type: name, ...options } = entry;
    const names = augmentations.map((candidate) => candidate.name);
    const augmentation = augmentations.find((candidate) => candidate.name === name);
    if (augmentation === undefined) {
      throw new InputError(
        `${place}: no augmentation "${name}"${didYouMean(name, names)} (there are ${names.join(', ')})`,
      );
    }
    const stage = STAGES.indexOf(augmentation.stage);
    if (augmentation.stage === 'region' && pipeline.region) {
      throw new InputError(`${place}: an entry before it already chooses the region`);
    }
    if (stage < previous.stage)
      throw new InputError(`${place}: "${name}" must come before "${previous.name}"`);
    previous = { name, stage };
    const checked = checkOptions(augmentation.options, options, place);
    try {
      add(pipeline, augmentation, checked);
    } catch (error) {
      throw error instanceof InputError ? new InputError(`${place}.${error.message}`) : error;
    }
  });
  return pipeline;
}

function add(pipeline: Pipeline, augmentation: Augmentation, options: Record<string, unknown>): void {
  switch (augmentation.stage) {
    case 'region':
      pipeline.region = augmentation.create(options);
      break;
    case 'image':
      pipeline.image.push(augmentation.create(options));
      break;
    case 'values':
      pipeline.values.push(augmentation.create(options));
      break;
    case 'batch':
      pipeline.batch.push(augmentation.create(options));
      break;
  }
}
