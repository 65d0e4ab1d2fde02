import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { detach } from '../operations/detach';
import { defineMethod } from './method';
import { sameLogits } from './shapes';

/**
 * T^2 times the mean cross-entropy of the student with the teacher's softened answer, each image weighed by
 * 1 - exp(-CE of the student / CE of the teacher) with the label: less where the student already is the better one.
 */
export const wsld = defineMethod({
  name: 'wsld',
  title: 'Weighted soft label distillation',
  summary: 'Follows the teacher most on the images that the student still gets more wrong than the teacher.',
  hooks: 'logits',
  publishedWeight: 2.5,
  needs: ['labels'],
  reference: {
    paper:
      'Zhou et al.: Rethinking Soft Labels for Knowledge Distillation: A Bias-Variance Tradeoff Perspective. ICLR 2021',
    url: 'https://arxiv.org/abs/2102.00650',
    code: 'https://github.com/open-mmlab/mmrazor (mmrazor/models/losses/weighted_soft_label_distillation.py)',
  },
  options: Type.Object(
    {
      temperature: Type.Number({
        exclusiveMinimum: 0,
        default: 2,
        description: 'Softens both distributions.',
      }),
    },
    { additionalProperties: false },
  ),

  create({ temperature }, shapes) {
    const classes = sameLogits('wsld', shapes);
    return ({ student, teacher, labels }) => {
      const isTrue = tf.cast(tf.oneHot(labels!, classes), 'float32');
      const wrongness = (logits: tf.Tensor): tf.Tensor =>
        tf.neg(tf.sum(tf.mul(isTrue, tf.logSoftmax(logits)), -1));
      const ratio = tf.div(wrongness(student), tf.add(wrongness(teacher), 1e-7));
      const weight = detach(tf.sub(1, tf.exp(tf.neg(ratio))));
      const soft = tf.softmax(tf.div(teacher, temperature));
      const crossEntropy = tf.sum(tf.mul(soft, tf.logSoftmax(tf.div(student, temperature))), -1);
      return tf.mul(tf.mean(tf.mul(weight, crossEntropy)), -(temperature ** 2));
    };
  },
});
