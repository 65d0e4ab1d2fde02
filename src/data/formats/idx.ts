import { type Static, Type } from '@sinclair/typebox';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { DataFormat } from '../dataset';
import { IDX_FILES, idxImageShape, idxSplit, type NamedIdx } from '../idx-dataset';
import { readIdxFile } from '../idx-file';
import { measureNormalization } from '../normalization';

const options = Type.Object(
  {
    path: Type.String({ minLength: 1, description: 'Folder of the IDX files.' }),
    trainImages: Type.String({
      default: IDX_FILES.trainImages,
      description: 'File in the folder, with or without `.gz`.',
    }),
    trainLabels: Type.String({ default: IDX_FILES.trainLabels }),
    testImages: Type.Optional(
      Type.String({ description: `Default: \`${IDX_FILES.testImages}\`, where the folder has it.` }),
    ),
    testLabels: Type.Optional(
      Type.String({ description: `Default: \`${IDX_FILES.testLabels}\`, where the folder has it.` }),
    ),
    classNames: Type.Optional(
      Type.Array(Type.String(), {
        minItems: 2,
        description: 'In the order of the labels; default: the labels.',
      }),
    ),
  },
  { additionalProperties: false },
);

/** Files in MNIST's format (see `idx-file.ts`), plain or gzipped; without test files there is no test split. */
export const idx: DataFormat = {
  name: 'idx',
  summary: 'IDX files as those of MNIST and EMNIST, plain or .gz.',
  kind: 'files',
  options,
  // eslint-disable-next-line @typescript-eslint/require-await
  async open(given, { base }) {
    const settings = given as Static<typeof options>;
    const folder = path.resolve(base, settings.path);
    const find = (name: string): string => {
      const file = path.join(folder, name);
      return !fs.existsSync(file) && fs.existsSync(`${file}.gz`) ? `${file}.gz` : file;
    };
    const read = (name: string): NamedIdx => ({ file: find(name), ...readIdxFile(find(name)) });

    const train = { images: read(settings.trainImages), labels: read(settings.trainLabels) };
    const imageShape = idxImageShape(train.images);
    const classes = settings.classNames?.length ?? train.labels.data.reduce((a, b) => Math.max(a, b), 0) + 1;
    const hasTest =
      settings.testImages !== undefined ||
      settings.testLabels !== undefined ||
      fs.existsSync(find(IDX_FILES.testImages));
    return {
      classNames: settings.classNames ?? Array.from({ length: classes }, (_, label) => String(label)),
      imageShape,
      normalization: measureNormalization(train.images.data, imageShape[2]),
      train: idxSplit(train, imageShape, classes),
      ...(hasTest && {
        test: idxSplit(
          {
            images: read(settings.testImages ?? IDX_FILES.testImages),
            labels: read(settings.testLabels ?? IDX_FILES.testLabels),
          },
          imageShape,
          classes,
        ),
      }),
    };
  },
};
