import { Type } from '@sinclair/typebox';
import { permutation } from '../../common/random';
import { defineAugmentation } from './augmentation';
import { drawBeta } from './beta';

/**
 * Mixes each image with another one of its batch (Zhang et al.: mixup: Beyond Empirical Risk Minimization, ICLR
 * 2018; facebookresearch/mixup-cifar10, train.py): one lambda from Beta(alpha, alpha) for the whole batch, the
 * partners by a permutation of it. The loss is lambda of the own label's and 1 - lambda of the partner's.
 */
export const mixup = defineAugmentation({
  name: 'mixup',
  summary: 'Mixes each image and its label with another one of the batch.',
  stage: 'batch',
  options: Type.Object(
    {
      alpha: Type.Number({
        exclusiveMinimum: 0,
        default: 1,
        description:
          'Of the Beta distribution of the share; smaller mixes less. Published: 1 for CIFAR, 0.2 for ImageNet.',
      }),
    },
    { additionalProperties: false },
  ),
  create:
    ({ alpha }) =>
    (batch, random) => {
      const share = drawBeta(alpha, random);
      const partners = permutation(batch.labels.length, random);
      const length = batch.images.length / batch.labels.length;
      const images = new Float32Array(batch.images.length);
      partners.forEach((partner, position) => {
        const [own, other] = [position * length, partner * length];
        for (let place = 0; place < length; place++) {
          images[own + place] =
            share * batch.images[own + place]! + (1 - share) * batch.images[other + place]!;
        }
      });
      return {
        ...batch,
        images,
        mixed: {
          labels: Int32Array.from(partners, (partner) => batch.labels[partner]!),
          lambda: new Float32Array(batch.labels.length).fill(share),
        },
      };
    },
});
