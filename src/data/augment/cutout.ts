import { Type } from '@sinclair/typebox';
import { defineAugmentation } from './augmentation';

/**
 * Sets squares of the normalised image to zero, its mean colour (DeVries and Taylor: Improved Regularization of
 * Convolutional Neural Networks with Cutout, arXiv:1708.04552; uoguelph-mlrg/Cutout, util/cutout.py). The centre
 * is any pixel, so that a square may lie partly outside of the image.
 */
export const cutout = defineAugmentation({
  name: 'cutout',
  summary: 'Blanks squares at random places.',
  stage: 'values',
  options: Type.Object(
    {
      length: Type.Integer({
        minimum: 1,
        default: 16,
        description: 'Side of the square in pixels; published: 16 for CIFAR-10, 8 for CIFAR-100.',
      }),
      holes: Type.Integer({ minimum: 1, default: 1, description: 'How many squares.' }),
    },
    { additionalProperties: false },
  ),
  create:
    ({ length, holes }) =>
    (values, [height, width, channels], random) => {
      for (let hole = 0; hole < holes; hole++) {
        const top = Math.floor(random() * height) - Math.floor(length / 2);
        const left = Math.floor(random() * width) - Math.floor(length / 2);
        const [from, to] = [Math.max(0, left), Math.min(width, left + length)];
        for (let y = Math.max(0, top); y < Math.min(height, top + length); y++) {
          values.fill(0, (y * width + from) * channels, (y * width + to) * channels);
        }
      }
    },
});
