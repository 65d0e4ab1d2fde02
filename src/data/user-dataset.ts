import { Type } from '@sinclair/typebox';
import { Value } from '@sinclair/typebox/value';
import { InputError, messageOf } from '../common/errors';
import type { Dataset, Image, Split } from './dataset';
import { resizeRegion } from './pixels';

/** What a user's function returns. */
export interface UserDataset {
  readonly classNames: readonly string[];
  /** [height, width, channels]; 1 or 3 channels. */
  readonly imageShape: readonly [number, number, number];
  /** Per channel, of values in 0 … 1; default: mean 0, standard deviation 1. */
  readonly normalization?: { readonly mean: readonly number[]; readonly std: readonly number[] };
  readonly train: UserSplit;
  readonly test?: UserSplit;
}

export interface UserSplit {
  /** Class index of every image. */
  readonly labels: ArrayLike<number>;
  /** The bytes of one image of `imageShape`, row by row, channels last. */
  read(index: number): Uint8Array | Promise<Uint8Array>;
}

const UserSplitSchema = Type.Object({ labels: Type.Unknown(), read: Type.Function([], Type.Unknown()) });
const PerChannel = Type.Array(Type.Number());
const UserDatasetSchema = Type.Object({
  classNames: Type.Array(Type.String(), { minItems: 2 }),
  imageShape: Type.Tuple([
    Type.Integer({ minimum: 1 }),
    Type.Integer({ minimum: 1 }),
    Type.Union([Type.Literal(1), Type.Literal(3)]),
  ]),
  normalization: Type.Optional(Type.Object({ mean: PerChannel, std: PerChannel })),
  train: UserSplitSchema,
  test: Type.Optional(UserSplitSchema),
});

/** Checks what a user's function returned; `place` is what errors name. */
export function datasetFromUser(returned: unknown, place: string): Dataset {
  const wrong = Value.Errors(UserDatasetSchema, returned).First();
  if (wrong) {
    throw new InputError(
      `${place}: what it returns is no dataset: ${wrong.path.slice(1).replaceAll('/', '.') || 'it'}: ${wrong.message}`,
    );
  }
  const dataset = returned as UserDataset;
  const channels = dataset.imageShape[2];
  const normalization = dataset.normalization ?? {
    mean: Array<number>(channels).fill(0),
    std: Array<number>(channels).fill(1),
  };
  if (normalization.mean.length !== channels || normalization.std.length !== channels) {
    throw new InputError(
      `${place}: normalization must have ${channels} value${channels === 1 ? '' : 's'} each for mean and std`,
    );
  }
  return {
    classNames: dataset.classNames,
    imageShape: dataset.imageShape,
    normalization,
    train: checkedSplit(dataset, dataset.train, `${place} train`),
    ...(dataset.test && { test: checkedSplit(dataset, dataset.test, `${place} test`) }),
  };
}

function checkedSplit({ classNames, imageShape }: UserDataset, split: UserSplit, place: string): Split {
  const labels = Int32Array.from(split.labels);
  const wrong = Array.from(split.labels).findIndex(
    (label) => !Number.isInteger(label) || label < 0 || label >= classNames.length,
  );
  if (wrong >= 0) {
    throw new InputError(
      `${place}: label ${wrong} is ${split.labels[wrong]}; it must be 0 … ${classNames.length - 1}`,
    );
  }
  if (labels.length === 0) throw new InputError(`${place}: no labels`);
  const [height, width, channels] = imageShape;
  const whole = async (index: number): Promise<Image> => {
    const where = `${place}, image ${index}`;
    let data: unknown;
    try {
      data = await split.read(index);
    } catch (error) {
      throw new InputError(`${where}: it throws "${messageOf(error)}"`);
    }
    if (!(data instanceof Uint8Array) || data.length !== height * width * channels) {
      throw new InputError(
        `${where}: read must return a Uint8Array of ${height} x ${width} x ${channels} = ${height * width * channels} bytes`,
      );
    }
    return { width, height, channels, data };
  };
  return {
    labels,
    storedSize: () => ({ width, height }),
    read: async (index, region) => {
      const image = await whole(index);
      return region ? resizeRegion(image, region, { width, height }) : image;
    },
  };
}
