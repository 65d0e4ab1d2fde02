import { type Static, Type } from '@sinclair/typebox';
import * as path from 'node:path';
import { readCifarFiles, readClassNames } from '../cifar-file';
import type { DataFormat } from '../dataset';

const options = Type.Object(
  { path: Type.String({ minLength: 1, description: 'The unpacked folder, `cifar-10-batches-bin`.' }) },
  { additionalProperties: false },
);
const layout = { labelBytes: 1, labelByte: 0, classes: 10 };

/** CIFAR-10, binary version: five training files and a test file of 10,000 images each. */
export const cifar10: DataFormat = {
  name: 'cifar10',
  summary: 'CIFAR-10, binary version: 50,000 training and 10,000 test images, 32 x 32 colour, 10 classes.',
  kind: 'files',
  images: { shape: [32, 32, 3], classes: 10 },
  options,
  // eslint-disable-next-line @typescript-eslint/require-await
  async open(given, { base }) {
    const folder = path.resolve(base, (given as Static<typeof options>).path);
    const trainFiles = [1, 2, 3, 4, 5].map((number) => path.join(folder, `data_batch_${number}.bin`));
    return {
      classNames: readClassNames(path.join(folder, 'batches.meta.txt'), layout.classes),
      imageShape: [32, 32, 3],
      normalization: { mean: [0.4914, 0.4822, 0.4465], std: [0.247, 0.2435, 0.2616] },
      train: readCifarFiles(trainFiles, layout, 10_000),
      test: readCifarFiles([path.join(folder, 'test_batch.bin')], layout, 10_000),
    };
  },
};
