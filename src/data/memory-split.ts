import { InputError } from '../common/errors';
import type { Image, Split } from './dataset';
import { resizeRegion } from './pixels';

/** Images of one size that lie in memory one after another, [count, height, width, channels]. */
export interface PackedImages {
  readonly shape: readonly [number, number, number];
  readonly data: Uint8Array;
}

/** A split whose images all lie in memory. */
export function memorySplit({ shape, data }: PackedImages, labels: Int32Array): Split {
  const [height, width, channels] = shape;
  const length = height * width * channels;
  const whole = (index: number): Image => ({
    width,
    height,
    channels,
    data: data.subarray(index * length, (index + 1) * length),
  });
  return {
    labels,
    storedSize: () => ({ width, height }),
    read: (index, region) =>
      region === undefined ? whole(index) : resizeRegion(whole(index), region, { width, height }),
  };
}

/**
 * Class indices from the bytes of a label file; throws `InputError` naming `file` and the place of a label
 * that is not below `classes`.
 */
export function checkedLabels(bytes: Uint8Array, classes: number, file: string): Int32Array {
  const wrong = bytes.findIndex((label) => label >= classes);
  if (wrong >= 0) {
    throw new InputError(
      `${file}: label ${wrong} is ${bytes[wrong]}, but there are ${classes} classes (0 … ${classes - 1})`,
    );
  }
  return Int32Array.from(bytes);
}
