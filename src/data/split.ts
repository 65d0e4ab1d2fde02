import { permutation, randomSource } from '../common/random';
import type { Recipe } from '../recipe/schema';

/** Which images of the dataset's training split serve for training and which for validation. */
export interface TrainingSplit {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
}

/**
 * Draws the validation split by its own seed, then takes the limits from either part. The draw does not depend
 * on the limits, so a teacher and its students never see each other's validation images, and a smaller limit
 * is a subset of a larger one. Returned are indices into the dataset's training split, in drawn order.
 */
export function splitTraining(
  count: number,
  data: Pick<Recipe['data'], 'train' | 'validation'>,
): TrainingSplit {
  const { fraction, splitSeed, limit } = data.validation;
  const drawn = permutation(count, randomSource(splitSeed, 'validation split'));
  const held = Math.round(count * fraction);
  return {
    validation: drawn.slice(0, Math.min(held, limit ?? held)),
    train: drawn.slice(held, held + (data.train.limit ?? count)),
  };
}
