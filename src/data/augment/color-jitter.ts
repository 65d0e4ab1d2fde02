import { Type } from '@sinclair/typebox';
import { permutation } from '../../common/random';
import type { Image } from '../dataset';
import { defineAugmentation } from './augmentation';
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation } from './color';

/**
 * Changes brightness, contrast, saturation and hue, as torchvision's ColorJitter: each factor is drawn once an
 * image, the first three uniformly from [max(0, 1 - strength), 1 + strength], the hue's shift from
 * [-hue, hue] of the colour circle, and the four are applied in a random order. Images of one channel only
 * change in brightness and contrast.
 */
export const colorJitter = defineAugmentation({
  name: 'color-jitter',
  summary: 'Changes brightness, contrast, saturation and hue at random, in a random order.',
  stage: 'image',
  options: Type.Object(
    {
      brightness: Type.Number({ minimum: 0, default: 0.4, description: 'Factor in 1 ± this.' }),
      contrast: Type.Number({ minimum: 0, default: 0.4, description: 'Factor in 1 ± this.' }),
      saturation: Type.Number({ minimum: 0, default: 0.4, description: 'Factor in 1 ± this.' }),
      hue: Type.Number({
        minimum: 0,
        maximum: 0.5,
        default: 0,
        description: 'Largest shift around the colour circle, 0.5 being the opposite colour.',
      }),
    },
    { additionalProperties: false },
  ),
  create: ({ brightness, contrast, saturation, hue }) => {
    const adjustments: [strength: number, adjust: (image: Image, factor: number) => Image, around: number][] =
      [
        [brightness, adjustBrightness, 1],
        [contrast, adjustContrast, 1],
        [saturation, adjustSaturation, 1],
        [hue, adjustHue, 0],
      ];
    return (image, random) => {
      const order = permutation(adjustments.length, random);
      const draws = adjustments.map(() => random());
      let changed = image;
      for (const choice of order) {
        const [strength, adjust, around] = adjustments[choice]!;
        if (strength === 0) continue;
        const smallest = around === 1 ? Math.max(0, 1 - strength) : -strength;
        changed = adjust(changed, smallest + draws[choice]! * (around + strength - smallest));
      }
      return changed;
    };
  },
});
