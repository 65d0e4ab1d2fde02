import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { detach } from '../operations/detach';
import { defineMethod } from './method';
import { sameLogits } from './shapes';

/** How far below all others a class leaves a softmax. */
const EXCLUDED = 1000;

/**
 * T^2 times the divergence between the softened distributions, taken apart: `alpha` times that of the true class
 * against all others, `beta` times that among the others. Mean over the batch. On CIFAR-100 the authors let the weight
 * grow over the first 20 epochs.
 */
export const dkd = defineMethod({
  name: 'dkd',
  title: 'Decoupled distillation',
  summary: 'Weighs what the teacher says of the true class apart from how it ranks the other classes.',
  hooks: 'logits',
  publishedWeight: 1,
  needs: ['labels'],
  reference: {
    paper: 'Zhao et al.: Decoupled Knowledge Distillation. CVPR 2022',
    url: 'https://arxiv.org/abs/2203.08679',
    code: 'https://github.com/megvii-research/mdistiller (mdistiller/distillers/DKD.py)',
  },
  options: Type.Object(
    {
      alpha: Type.Number({ minimum: 0, default: 1, description: 'Weight of the true class.' }),
      beta: Type.Number({
        minimum: 0,
        default: 8,
        description:
          'Weight of the other classes; the authors use 2 to 8 on CIFAR-100 (where the whole grows over the first 20 epochs), 0.5 to 2 on ImageNet.',
      }),
      temperature: Type.Number({
        exclusiveMinimum: 0,
        default: 4,
        description: 'Softens both distributions.',
      }),
    },
    { additionalProperties: false },
  ),

  create({ alpha, beta, temperature }, shapes) {
    const classes = sameLogits('dkd', shapes);
    return ({ student, teacher, labels }) => {
      const isTrue = tf.cast(tf.oneHot(labels!, classes), 'bool');
      // So far below the least that its share of a softmax is 0, however large the logits; the authors take off 1000.
      const withoutTrue = (logits: tf.Tensor): tf.Tensor =>
        tf.where(isTrue, tf.sub(tf.min(detach(logits), -1, true), EXCLUDED), logits);
      const apart = (logits: tf.Tensor): { target: tf.Tensor; others: tf.Tensor } => {
        const softened = tf.div(logits, temperature);
        const others = tf.logSoftmax(withoutTrue(softened));
        const all = tf.logSoftmax(softened);
        const logTrue = tf.sum(tf.where(isTrue, all, 0), -1);
        // Not log(1 - p), which rounds to log(0) for a sure teacher.
        const logOthers = tf.logSumExp(withoutTrue(all), -1);
        return { target: tf.stack([logTrue, logOthers], -1), others };
      };
      const [ofStudent, ofTeacher] = [apart(student), apart(teacher)];
      const loss = tf.add(
        tf.mul(divergence(ofTeacher.target, ofStudent.target), alpha),
        tf.mul(divergence(ofTeacher.others, ofStudent.others), beta),
      );
      return tf.mul(loss, temperature ** 2 / student.shape[0]);
    };
  },
});

/** The sum over all rows of KL(teacher || student), of log-probabilities. */
function divergence(teacher: tf.Tensor, student: tf.Tensor): tf.Scalar {
  return tf.sum(tf.mul(tf.exp(teacher), tf.sub(teacher, student)));
}
