import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { linear, normVectors } from '../operations/embedding';
import { pooled } from '../operations/normalize';
import { defineMethod } from './method';

/** Of the batch normalisations, which have no weights. */
const EPSILON = 1e-4;

/** Stands for sums below it, of which the logarithm would have no bound. */
const LEAST = 1e-30;

/**
 * The logarithm of sum |s - t|^exponent over the batch, of the student's features projected linearly to the teacher's
 * and both normalised over the batch; not below log 1e-30, where both are the same. Maps are averaged over their
 * positions. The authors weigh it by 2 and add `kd` at temperature 1.
 */
export const srd = defineMethod({
  name: 'srd',
  title: 'Simple recipe distillation',
  summary: 'Brings normalised features together through a linear projection, the largest gaps first.',
  hooks: 'vectors',
  publishedWeight: 2,
  reference: {
    paper: 'Miles, Mikolajczyk: Understanding the Role of the Projector in Knowledge Distillation. AAAI 2024',
    url: 'https://arxiv.org/abs/2303.11098',
    code: 'https://github.com/yoshitomo-matsubara/torchdistill (torchdistill/losses/mid_level.py, SRDLoss)',
  },
  comparesSamples: true,
  options: Type.Object(
    {
      exponent: Type.Number({
        minimum: 1,
        default: 4,
        description: 'Of the differences; the authors use 4.',
      }),
    },
    { additionalProperties: false },
  ),

  create({ exponent }, { student, teacher }, weights) {
    const channels = teacher.at(-1)!;
    const project = linear('projector', student.at(-1)!, channels, weights);
    return (inputs) => {
      const normal = (vectors: tf.Tensor): tf.Tensor =>
        normVectors(vectors, tf.ones([channels]), tf.zeros([channels]), EPSILON);
      const apart = tf.abs(tf.sub(normal(project(pooled(inputs.student))), normal(pooled(inputs.teacher))));
      return tf.log(tf.maximum<tf.Scalar>(tf.sum(tf.pow(apart, exponent)), LEAST));
    };
  },
});
