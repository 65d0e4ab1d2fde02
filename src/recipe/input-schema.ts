import { Type } from '@sinclair/typebox';
import { closed, Count } from './schema-parts';

/** What changes images on their way to the models. */

export const ImageSize = Type.Tuple([Count('Height.'), Count('Width.')], {
  description:
    "Height and width of the images that this model sees, where they are to be smaller than the data's (pixel distillation): each batch is reduced on the device, bilinear with anti-aliasing, also in evaluation. Default: the data's.",
});

export const UncertaintyMixup = Type.Object(
  {
    kept: Type.Number({
      exclusiveMinimum: 0,
      maximum: 1,
      default: 0.75,
      description:
        'Share of each batch that is left, by which the teacher has less to do; the authors keep 48 of 64 images.',
    }),
    midpoint: Type.Number({
      minimum: 0,
      maximum: 1,
      default: 0.5,
      description:
        'Place in the order, from the least certain image at 0 to the most certain at 1, where mixing has half its strength; the authors: 32 of 64 images.',
    }),
    steepness: Type.Number({
      minimum: 0,
      default: 10,
      description: 'How suddenly mixing sets in around the midpoint; the authors use 10.',
    }),
    uncertainty: Type.Union(
      [
        Type.Literal('entropy', { description: "Of the student's probabilities." }),
        Type.Literal('confidence', { description: 'How small the largest probability is.' }),
        Type.Literal('margin', { description: 'How near the two largest probabilities are.' }),
      ],
      { default: 'entropy', description: 'What images are ordered by; the authors use the entropy.' },
    ),
  },
  {
    ...closed,
    description:
      'Uncertainty-aware mixup (UNIX): the student looks at each batch first; the images that it is certain of are mixed into others, and fewer are left for teacher and student to learn from.',
  },
);
