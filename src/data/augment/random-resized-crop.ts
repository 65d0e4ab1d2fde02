import { Type } from '@sinclair/typebox';
import { InputError } from '../../common/errors';
import type { Region, Size } from '../dataset';
import { defineAugmentation } from './augmentation';

const ATTEMPTS = 10;

/**
 * Takes a random part of the stored image, resized to the dataset's size (Szegedy et al., Going Deeper with
 * Convolutions, 2015), as torchvision's RandomResizedCrop: the area is a uniform share of the image's, the
 * logarithm of the aspect ratio (width / height) is uniform; after ten draws that do not fit, the largest
 * central part with an allowed ratio.
 */
export const randomResizedCrop = defineAugmentation({
  name: 'random-resized-crop',
  summary: 'Reads a random part of the image, of random size and aspect ratio, at the dataset’s size.',
  stage: 'region',
  options: Type.Object(
    {
      scale: Type.Tuple(
        [Type.Number({ exclusiveMinimum: 0, maximum: 1 }), Type.Number({ exclusiveMinimum: 0, maximum: 1 })],
        { default: [0.08, 1], description: 'Smallest and largest share of the area.' },
      ),
      ratio: Type.Tuple([Type.Number({ exclusiveMinimum: 0 }), Type.Number({ exclusiveMinimum: 0 })], {
        default: [3 / 4, 4 / 3],
        description: 'Smallest and largest aspect ratio, width / height.',
      }),
    },
    { additionalProperties: false },
  ),
  create: ({ scale: [smallest, largest], ratio: [narrowest, widest] }) => {
    if (smallest > largest) throw new InputError('scale: the first number is above the second');
    if (narrowest > widest) throw new InputError('ratio: the first number is above the second');
    const logRatio = (share: number): number => Math.log(narrowest) + share * Math.log(widest / narrowest);
    return (stored, random) => {
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const area = stored.width * stored.height * (smallest + random() * (largest - smallest));
        const ratio = Math.exp(logRatio(random()));
        const width = Math.round(Math.sqrt(area * ratio));
        const height = Math.round(Math.sqrt(area / ratio));
        if (width < 1 || height < 1 || width > stored.width || height > stored.height) continue;
        const top = Math.floor(random() * (stored.height - height + 1));
        const left = Math.floor(random() * (stored.width - width + 1));
        return { left, top, width, height };
      }
      return centre(stored, narrowest, widest);
    };
  },
});

function centre(stored: Size, narrowest: number, widest: number): Region {
  const ratio = stored.width / stored.height;
  const width = ratio > widest ? Math.max(1, Math.round(stored.height * widest)) : stored.width;
  const height = ratio < narrowest ? Math.max(1, Math.round(stored.width / narrowest)) : stored.height;
  return {
    left: Math.floor((stored.width - width) / 2),
    top: Math.floor((stored.height - height) / 2),
    width,
    height,
  };
}
