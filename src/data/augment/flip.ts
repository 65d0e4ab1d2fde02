import { Type } from '@sinclair/typebox';
import { defineAugmentation } from './augmentation';

/** Mirrors left and right, as torchvision's RandomHorizontalFlip. */
export const flip = defineAugmentation({
  name: 'flip',
  summary: 'Mirrors the image left to right, with a probability.',
  stage: 'image',
  options: Type.Object(
    { probability: Type.Number({ minimum: 0, maximum: 1, default: 0.5, description: 'How often.' }) },
    { additionalProperties: false },
  ),
  create:
    ({ probability }) =>
    (image, random) => {
      if (random() >= probability) return image;
      const { width, height, channels, data } = image;
      const mirrored = new Uint8Array(data.length);
      for (let y = 0; y < height; y++) {
        let to = y * width * channels;
        for (let x = width - 1; x >= 0; x--) {
          const from = (y * width + x) * channels;
          for (let channel = 0; channel < channels; channel++) mirrored[to++] = data[from + channel]!;
        }
      }
      return { ...image, data: mirrored };
    },
});
