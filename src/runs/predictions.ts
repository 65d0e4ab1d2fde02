import * as path from 'node:path';
import { type Static, Type } from '@sinclair/typebox';
import { InputError } from '../common/errors';
import { writeFileAtomic } from '../common/files';
import type { RunFolder } from './folder';
import { ensureFolderInside, readJsonInside } from './inside';

/**
 * What a model says about every validation image, `samples/<name>.json`: the student at its best and at its last
 * evaluation, the teacher before the first step.
 */
export type PredictionsName = 'best' | 'last' | 'teacher';

/** Pictures are kept at most so wide and high. */
export const LARGEST_PICTURE = 64;
const LARGEST_FILE = 64 << 20;

const Picture = Type.Object({
  /** Position among the samples. */
  sample: Type.Integer({ minimum: 0 }),
  width: Type.Integer({ minimum: 1, maximum: LARGEST_PICTURE }),
  height: Type.Integer({ minimum: 1, maximum: LARGEST_PICTURE }),
  channels: Type.Union([Type.Literal(1), Type.Literal(3)]),
  /** Rows from the top, channels last, a byte each; base64. */
  pixels: Type.String({ maxLength: 4 * LARGEST_PICTURE ** 2 }),
});

const Class = Type.Integer({ minimum: 0 });

const PredictionsFile = Type.Object({
  version: Type.Literal(1),
  /** The evaluation that this is of. */
  step: Type.Integer({ minimum: 0 }),
  epoch: Type.Number({ minimum: 0 }),
  classNames: Type.Array(Type.String(), { minItems: 1 }),
  /** One entry for each validation image, in the order of the split: its index in the dataset's training images. */
  sampleIds: Type.Array(Type.Integer({ minimum: 0 })),
  truth: Type.Array(Class),
  predicted: Type.Array(Class),
  /** Of the true class, 0 … 1, with four decimals; null where it is not finite. */
  probability: Type.Array(Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()])),
  /** Of the samples whose true class has the lowest probability, the worst first. */
  pictures: Type.Array(Picture, { maxItems: 256 }),
});
type PredictionsFile = Static<typeof PredictionsFile>;

/** What a model predicts, one entry for each sample. */
export interface Predicted {
  /** Class index. */
  readonly predicted: readonly number[];
  /** Of the true class, 0 … 1; null where it is not finite. */
  readonly probability: readonly (number | null)[];
}

export interface SamplePicture {
  /** Position among the samples. */
  readonly sample: number;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  /** Rows from the top, channels last. */
  readonly pixels: Uint8Array;
}

export interface Predictions extends Predicted {
  readonly step: number;
  readonly epoch: number;
  readonly classNames: readonly string[];
  readonly sampleIds: readonly number[];
  /** Class index of each sample. */
  readonly truth: readonly number[];
  /** The worst samples, worst first. */
  readonly pictures: readonly SamplePicture[];
  /** The teacher's, on the same samples. */
  readonly teacher?: Predicted;
}

/** Replaces what a run keeps under a name. For the holder of the run's lock. */
export async function writePredictions(
  run: RunFolder,
  name: PredictionsName,
  { teacher: _ownFile, ...predictions }: Predictions,
): Promise<void> {
  const content: PredictionsFile = {
    version: 1,
    step: predictions.step,
    epoch: predictions.epoch,
    classNames: [...predictions.classNames],
    sampleIds: [...predictions.sampleIds],
    truth: [...predictions.truth],
    predicted: [...predictions.predicted],
    probability: predictions.probability.map(rounded),
    pictures: predictions.pictures.map((picture) => ({
      ...picture,
      pixels: Buffer.from(picture.pixels).toString('base64'),
    })),
  };
  const folder = await ensureFolderInside(run.folder, 'samples');
  writeFileAtomic(path.join(folder, `${name}.json`), JSON.stringify(content));
}

/**
 * What the student of a run predicted at its best or last evaluation, with the teacher's predictions where there are
 * some of the same samples; undefined where the run has not been evaluated yet, or keeps none (it is older, or has no
 * validation images). Throws `InputError` naming the file where it is damaged.
 */
export async function readPredictions(
  run: RunFolder,
  name: Exclude<PredictionsName, 'teacher'>,
): Promise<Predictions | undefined> {
  const predictions = await readOne(run, name);
  if (predictions === undefined) return undefined;
  const teacher = await readOne(run, 'teacher');
  if (teacher === undefined || !isOfSameSamples(teacher, predictions)) return predictions;
  return {
    ...predictions,
    teacher: { predicted: teacher.predicted, probability: teacher.probability },
  };
}

/** Counts of true (rows) against predicted classes (columns), row by row. */
export function confusionMatrix({
  classNames: { length: classes },
  truth,
  predicted,
}: Pick<Predictions, 'classNames' | 'truth' | 'predicted'>): Float64Array {
  const counts = new Float64Array(classes * classes);
  truth.forEach((actual, sample) => (counts[classes * actual + predicted[sample]!]! += 1));
  return counts;
}

async function readOne(run: RunFolder, name: PredictionsName): Promise<Predictions | undefined> {
  const names = ['samples', `${name}.json`];
  const file = await readJsonInside(run.folder, names, PredictionsFile, LARGEST_FILE);
  if (file === undefined) return undefined;
  const damaged = (what: string): InputError =>
    new InputError(`${path.join(run.folder, ...names)} is damaged: ${what}`);
  const samples = file.truth.length;
  for (const key of ['sampleIds', 'predicted', 'probability'] as const) {
    if (file[key].length !== samples) throw damaged(`"${key}" is not as long as "truth"`);
  }
  const classes = file.classNames.length;
  for (const key of ['truth', 'predicted'] as const) {
    if (file[key].some((index) => index >= classes)) throw damaged(`"${key}" names a class beyond the last`);
  }
  const pictures = file.pictures.map(({ pixels, ...picture }): SamplePicture => {
    const bytes = Uint8Array.from(Buffer.from(pixels, 'base64'));
    if (bytes.length !== picture.width * picture.height * picture.channels || picture.sample >= samples) {
      throw damaged('a picture has not the size that it should have, or is of no sample');
    }
    return { ...picture, pixels: bytes };
  });
  const { version: _, ...predictions } = file;
  return { ...predictions, pictures };
}

function isOfSameSamples(one: Predictions, other: Predictions): boolean {
  return (
    one.sampleIds.length === other.sampleIds.length &&
    one.sampleIds.every((id, index) => id === other.sampleIds[index])
  );
}

function rounded(probability: number | null): number | null {
  if (probability === null || !Number.isFinite(probability)) return null;
  return Math.round(probability * 1e4) / 1e4;
}
