import { type Static, Type } from '@sinclair/typebox';
import * as path from 'node:path';
import { InputError } from '../../common/errors';
import type { DataFormat } from '../dataset';
import { type Fitting, imageFileSplit } from '../image-files';
import { listClasses, listImages, subfolder } from '../image-folders';

const options = Type.Object(
  {
    path: Type.String({
      minLength: 1,
      description:
        'Folder with a subfolder for each class, or with such folders in `train` and `test` or `val`.',
    }),
    test: Type.Optional(
      Type.String({ description: 'Subfolder of the test split beside `train`; default: `test` or `val`.' }),
    ),
    size: Type.Integer({
      minimum: 1,
      default: 224,
      description: 'Height and width of the images that the network sees.',
    }),
    resize: Type.Union([Type.Literal('crop'), Type.Literal('stretch')], {
      default: 'crop',
      description:
        'How an image is fitted when no augmentation chooses a part of it: `crop` resizes the shorter side and cuts out the centre, `stretch` changes the aspect ratio.',
    }),
    cropFraction: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.875,
      description: 'For `crop`: the size is this share of the resized shorter side (224 of 256).',
    }),
    channels: Type.Union([Type.Literal(3), Type.Literal(1)], {
      default: 3,
      description: 'Colour, or grey (its luminance).',
    }),
  },
  { additionalProperties: false },
);

/** Of ImageNet's training images, as torchvision states them; their average for grey images. */
const NORMALIZATION = {
  3: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] },
  1: { mean: [0.449], std: [0.226] },
};

/**
 * Folders of images, a folder for each class, as torchvision's ImageFolder: classes and files in the order of
 * their names. A `train` folder makes the `test` or `val` folder beside it the test split; without one the
 * folder as a whole is the training split. The orientation that a camera noted (EXIF) is not applied.
 */
export const imageFolder: DataFormat = {
  name: 'image-folder',
  summary: 'A folder for each class with PNG, JPEG or WebP images of any size.',
  kind: 'files',
  options,
  async open(given, { base, onProgress = () => undefined }) {
    const settings = given as Static<typeof options>;
    const root = path.resolve(base, settings.path);
    const trainFolder = subfolder(root, 'train') ?? root;
    const testFolder = trainFolder === root ? undefined : findTest(root, settings.test);
    if (trainFolder === root && settings.test !== undefined) {
      throw new InputError(`${root}: option "test" needs a folder "train" beside "${settings.test}"`);
    }
    const classNames = listClasses(trainFolder);
    const fitting: Fitting = settings;
    return {
      classNames,
      imageShape: [settings.size, settings.size, settings.channels],
      normalization: NORMALIZATION[settings.channels],
      train: await imageFileSplit(listImages(trainFolder, classNames), fitting, onProgress),
      ...(testFolder !== undefined && {
        test: await imageFileSplit(listImages(testFolder, classNames), fitting, onProgress),
      }),
    };
  },
};

function findTest(root: string, name: string | undefined): string | undefined {
  if (name !== undefined) {
    const folder = subfolder(root, name);
    if (folder === undefined) throw new InputError(`${path.join(root, name)}: no such folder`);
    return folder;
  }
  const [first, second] = ['test', 'val'].map((candidate) => subfolder(root, candidate));
  if (first !== undefined && second !== undefined) {
    throw new InputError(
      `${root}: has both "test" and "val"; say with the option "test" which one is the test split`,
    );
  }
  return first ?? second;
}
