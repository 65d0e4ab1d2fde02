import * as path from 'node:path';
import { InputError } from '../common/errors';
import type { Dataset, Normalization, OpenContext, Split } from './dataset';
import { ensureFetched, type FetchedDataset, readFetchedFile } from './fetch';
import { type IdxArray, parseIdx } from './idx-file';
import { checkedLabels, memorySplit } from './memory-split';

/** The four files of MNIST and of what follows it, by their published names. */
export const IDX_FILES = {
  trainImages: 'train-images-idx3-ubyte',
  trainLabels: 'train-labels-idx1-ubyte',
  testImages: 't10k-images-idx3-ubyte',
  testLabels: 't10k-labels-idx1-ubyte',
} as const;

/** Contents with the file that errors name. */
export interface NamedIdx extends IdxArray {
  readonly file: string;
}

/** The images and the labels of one split. */
export interface IdxPair {
  readonly images: NamedIdx;
  readonly labels: NamedIdx;
}

/**
 * [height, width, channels] of an IDX file of images: [count, height, width] or, in colour, [count, height, width, 3].
 * Throws `InputError` for other dimensions.
 */
export function idxImageShape({ file, dimensions }: NamedIdx): [number, number, number] {
  const [count, height, width, channels = 1] = dimensions;
  if (
    dimensions.length < 3 ||
    dimensions.length > 4 ||
    !count ||
    !height ||
    !width ||
    (channels !== 1 && channels !== 3)
  ) {
    throw new InputError(
      `${file}: dimensions ${dimensions.join(' x ')}; images are count x height x width, and for colour x 3`,
    );
  }
  return [height, width, channels];
}

/** Pairs images with labels; throws `InputError` where counts, sizes or labels do not fit. */
export function idxSplit(
  { images, labels }: IdxPair,
  shape: readonly [number, number, number],
  classes: number,
): Split {
  const own = idxImageShape(images);
  if (own.join() !== shape.join()) {
    throw new InputError(
      `${images.file}: images of ${own.join(' x ')}, but those of the training split are ${shape.join(' x ')}`,
    );
  }
  if (labels.dimensions.length !== 1) {
    throw new InputError(`${labels.file}: ${labels.dimensions.length} dimensions; labels have one`);
  }
  if (labels.dimensions[0] !== images.dimensions[0]) {
    throw new InputError(
      `${labels.file}: ${labels.dimensions[0]} labels, but ${images.file} has ${images.dimensions[0]} images`,
    );
  }
  return memorySplit({ shape, data: images.data }, checkedLabels(labels.data, classes, labels.file));
}

/** Opens a fetched dataset that is kept as the four IDX files; fetches it first where it is not there. */
export async function openFetchedIdx(
  dataset: FetchedDataset,
  context: OpenContext,
  description: { readonly classNames: readonly string[]; readonly normalization: Normalization },
): Promise<Dataset> {
  const folder = await ensureFetched(dataset, context.home, context.onProgress);
  const read = (name: string): NamedIdx => {
    const file = path.join(folder, name);
    return { file, ...parseIdx(readFetchedFile(dataset, folder, name), file) };
  };
  const train = { images: read(IDX_FILES.trainImages), labels: read(IDX_FILES.trainLabels) };
  const test = { images: read(IDX_FILES.testImages), labels: read(IDX_FILES.testLabels) };
  const imageShape = idxImageShape(train.images);
  const classes = description.classNames.length;
  return {
    ...description,
    imageShape,
    train: idxSplit(train, imageShape, classes),
    test: idxSplit(test, imageShape, classes),
  };
}
