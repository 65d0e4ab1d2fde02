import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { logitRows, standardized } from '../operations/normalize';
import { defineMethod } from './method';
import { sameLogitsOrPixels } from './shapes';

/** Added to the deviation of logits. */
const EPSILON = 1e-7;

/**
 * T^2 times the Kullback-Leibler divergence of softmax(student / T) from softmax(teacher / T), mean over the batch.
 * Logits may also be those of every pixel, [N, H, W, classes].
 */
export const kd = defineMethod({
  name: 'kd',
  title: 'Knowledge distillation',
  summary: "Matches the student's class probabilities to the teacher's, both softened by a temperature.",
  hooks: 'logits',
  publishedWeight: 0.9,
  reference: {
    paper:
      'Hinton, Vinyals, Dean: Distilling the Knowledge in a Neural Network. NIPS Deep Learning Workshop 2014',
    url: 'https://arxiv.org/abs/1503.02531',
    code: 'https://github.com/megvii-research/mdistiller (mdistiller/distillers/KD.py)',
  },
  options: Type.Object(
    {
      temperature: Type.Number({
        exclusiveMinimum: 0,
        default: 4,
        description: 'Softens both distributions; 4 is customary on CIFAR-100, 1 on ImageNet (mdistiller).',
      }),
      distance: Type.Union([Type.Literal('divergence'), Type.Literal('cross-entropy')], {
        default: 'divergence',
        description:
          "The Kullback-Leibler divergence, or the cross-entropy with the teacher's softened answer, which is more by its entropy and has the same gradient (mmrazor, KDSoftCELoss).",
      }),
      mean: Type.Union([Type.Literal('images'), Type.Literal('pixels')], {
        default: 'images',
        description:
          'What the sum over all pixels is divided by, where these have logits each: the number of images (mmrazor), or that of all their pixels (CIRKD).',
      }),
      standardize: Type.Boolean({
        default: false,
        description:
          'Bring the logits of each image to zero mean and unit deviation first (Sun et al.: Logit Standardization in Knowledge Distillation, CVPR 2024; its authors use temperature 2 and weight 9).',
      }),
    },
    { additionalProperties: false },
  ),

  create({ temperature, distance, mean, standardize }, shapes) {
    sameLogitsOrPixels('kd', shapes);
    return ({ student, teacher }) => {
      const scaled = (logits: tf.Tensor2D): tf.Tensor =>
        standardize ? standardized(logits, [1], EPSILON) : logits;
      const studentLog = tf.logSoftmax(tf.div(scaled(logitRows(student)), temperature));
      const teacherLog = tf.logSoftmax(tf.div(scaled(logitRows(teacher)), temperature));
      const surprise = distance === 'divergence' ? tf.sub(teacherLog, studentLog) : tf.neg(studentLog);
      const count = mean === 'images' ? student.shape[0] : studentLog.shape[0];
      return tf.mul(tf.sum(tf.mul(tf.exp(teacherLog), surprise)), temperature ** 2 / count);
    };
  },
});
