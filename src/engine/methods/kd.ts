import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { defineMethod } from './method';
import { sameLogits } from './shapes';

/** T^2 times the Kullback-Leibler divergence of softmax(student / T) from softmax(teacher / T), mean over the batch. */
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
    },
    { additionalProperties: false },
  ),

  create({ temperature }, shapes) {
    sameLogits('kd', shapes);
    return ({ student, teacher }) => {
      const studentLog = tf.logSoftmax(tf.div(student, temperature));
      const teacherLog = tf.logSoftmax(tf.div(teacher, temperature));
      const divergence = tf.sum(tf.mul(tf.exp(teacherLog), tf.sub(teacherLog, studentLog)));
      return tf.mul(divergence, temperature ** 2 / student.shape[0]);
    };
  },
});
