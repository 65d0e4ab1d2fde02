import { type Static, Type } from '@sinclair/typebox';
import * as path from 'node:path';
import { readCifarFiles, readClassNames } from '../cifar-file';
import type { DataFormat } from '../dataset';

const options = Type.Object(
  { path: Type.String({ minLength: 1, description: 'The unpacked folder, `cifar-100-binary`.' }) },
  { additionalProperties: false },
);
/** A coarse label, then the fine one. */
const layout = { labelBytes: 2, labelByte: 1, classes: 100 };

/** CIFAR-100, binary version, with its 100 fine labels. */
export const cifar100: DataFormat = {
  name: 'cifar100',
  summary:
    'CIFAR-100, binary version, fine labels: 50,000 training and 10,000 test images, 32 x 32 colour, 100 classes.',
  kind: 'files',
  images: { shape: [32, 32, 3], classes: 100 },
  options,
  // eslint-disable-next-line @typescript-eslint/require-await
  async open(given, { base }) {
    const folder = path.resolve(base, (given as Static<typeof options>).path);
    return {
      classNames: readClassNames(path.join(folder, 'fine_label_names.txt'), layout.classes),
      imageShape: [32, 32, 3],
      normalization: { mean: [0.5071, 0.4866, 0.4409], std: [0.2673, 0.2564, 0.2762] },
      train: readCifarFiles([path.join(folder, 'train.bin')], layout, 50_000),
      test: readCifarFiles([path.join(folder, 'test.bin')], layout, 10_000),
    };
  },
};
