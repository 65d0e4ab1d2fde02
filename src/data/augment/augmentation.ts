import type { Static, TObject } from '@sinclair/typebox';
import type { CatalogueAugmentation } from '../../recipe/catalogue';
import type { Batch } from '../batch';
import type { Image, Region, Size } from '../dataset';

/** Numbers in [0, 1). */
export type Random = () => number;

/**
 * What an augmentation works on. Their order in a recipe follows these stages; within a stage it is free.
 * - `region`: chooses the rectangle of the stored image that is read, before decoding and resizing
 * - `image`: changes the bytes of an image and keeps its shape; returns a new image
 * - `values`: changes the normalised values, in place
 * - `batch`: mixes the images of a batch
 */
export const STAGES = ['region', 'image', 'values', 'batch'] as const;

export type ChooseRegion = (stored: Size, random: Random) => Region;
export type ChangeImage = (image: Image, random: Random) => Image;
export type ChangeValues = (
  values: Float32Array,
  shape: readonly [number, number, number],
  random: Random,
) => void;
export type ChangeBatch = (batch: Batch, random: Random) => Batch;

interface Work {
  region: ChooseRegion;
  image: ChangeImage;
  values: ChangeValues;
  batch: ChangeBatch;
}

interface StagedAugmentation<
  Stage extends keyof Work,
  Options extends TObject,
> extends CatalogueAugmentation {
  readonly stage: Stage;
  readonly options: Options;
  /**
   * Gives a pure function of its input and the random numbers. Options that do not go together are an
   * `InputError` that starts with the option, `scale: …`.
   */
  create(options: Static<Options>): Work[Stage];
}

/** An augmentation: everything known about it in one file; `augmentations.ts` lists them. */
export type Augmentation = { [Stage in keyof Work]: StagedAugmentation<Stage, TObject> }[keyof Work];

/** Keeps the option types of one augmentation while letting it stand in a list of all of them. */
export function defineAugmentation<Stage extends keyof Work, Options extends TObject>(
  augmentation: StagedAugmentation<Stage, Options>,
): StagedAugmentation<Stage, TObject> {
  return augmentation;
}
