import { Type } from '@sinclair/typebox';
import type { Image } from '../dataset';
import { defineAugmentation } from './augmentation';

/**
 * Pads every side and cuts the original size out again at a random place, as torchvision's
 * RandomCrop(size, padding): both offsets uniform over 0 … 2 * padding. `reflect` does not repeat the edge.
 */
export const crop = defineAugmentation({
  name: 'crop',
  summary: 'Pads the image and cuts its size out again at a random place.',
  stage: 'image',
  options: Type.Object(
    {
      padding: Type.Integer({ minimum: 1, default: 4, description: 'Pixels on every side.' }),
      fill: Type.Union([Type.Literal('zero'), Type.Literal('reflect')], {
        default: 'zero',
        description: 'What the padding holds: black, or the image mirrored at its edge.',
      }),
    },
    { additionalProperties: false },
  ),
  create: ({ padding, fill }) => {
    const shifted = fill === 'zero' ? shiftOntoBlack : shiftReflected;
    return (image, random) => {
      const right = Math.floor(random() * (2 * padding + 1)) - padding;
      const down = Math.floor(random() * (2 * padding + 1)) - padding;
      return { ...image, data: shifted(image, right, down) };
    };
  },
});

/** The window moved by (right, down): output (x, y) is input (x + right, y + down), black outside. */
function shiftOntoBlack({ width, height, channels, data }: Image, right: number, down: number): Uint8Array {
  const result = new Uint8Array(data.length);
  const row = width * channels;
  const [start, end] = [Math.max(0, -right), Math.min(width, width - right)];
  for (let y = Math.max(0, -down); y < Math.min(height, height - down) && start < end; y++) {
    const from = (y + down) * row;
    result.set(
      data.subarray(from + (start + right) * channels, from + (end + right) * channels),
      y * row + start * channels,
    );
  }
  return result;
}

function shiftReflected({ width, height, channels, data }: Image, right: number, down: number): Uint8Array {
  const result = new Uint8Array(data.length);
  let to = 0;
  for (let y = 0; y < height; y++) {
    const row = reflect(y + down, height) * width;
    for (let x = 0; x < width; x++) {
      const from = (row + reflect(x + right, width)) * channels;
      for (let channel = 0; channel < channels; channel++) result[to++] = data[from + channel]!;
    }
  }
  return result;
}

/** -1 is 1, and `size` is `size - 2`; also for padding beyond the size. */
function reflect(place: number, size: number): number {
  if (size === 1) return 0;
  const period = 2 * (size - 1);
  const folded = ((place % period) + period) % period;
  return folded < size ? folded : period - folded;
}
