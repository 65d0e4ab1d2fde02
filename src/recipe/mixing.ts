import type { TrainSettings } from './schema';

/** How many images of a batch are left to learn from, where a recipe mixes by the student's uncertainty. */
export interface MixedBatch {
  readonly kept: number;
  readonly of: number;
}

export function keptImages({ kept }: NonNullable<TrainSettings['uncertaintyMixup']>, of: number): number {
  return Math.max(1, Math.round(kept * of));
}

/** Undefined where a recipe does not mix so. */
export function mixedBatch({
  uncertaintyMixup,
  batchSize,
}: Pick<TrainSettings, 'uncertaintyMixup' | 'batchSize'>): MixedBatch | undefined {
  return uncertaintyMixup && { kept: keptImages(uncertaintyMixup, batchSize), of: batchSize };
}

export function describeMixing({ kept, of }: MixedBatch): string {
  const spared = Math.round((1 - kept / of) * 100);
  return `by uncertainty: of each ${of} images ${kept} are left for teacher and student, ${spared} % fewer teacher passes`;
}
