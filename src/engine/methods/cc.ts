import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { linear } from '../operations/embedding';
import { pooled } from '../operations/normalize';
import { defineMethod } from './method';

/**
 * Student and teacher are embedded linearly, both trained; the loss is the mean over neighbours in the batch of
 * sum(|d_b| |d_b+1|) for the differences d of both embeddings: the authors' code, which differs from the paper's
 * Gaussian kernel. Maps are averaged over their positions.
 */
export const cc = defineMethod({
  name: 'cc',
  title: 'Correlation congruence',
  summary: 'Keeps how the images of a batch correlate, in an embedding learnt for both.',
  hooks: 'vectors',
  publishedWeight: 0.02,
  reference: {
    paper: 'Peng et al.: Correlation Congruence for Knowledge Distillation. ICCV 2019',
    url: 'https://arxiv.org/abs/1904.01802',
    code: 'https://github.com/HobbitLong/RepDistiller (distiller_zoo/CC.py)',
  },
  options: Type.Object(
    {
      dimension: Type.Integer({ minimum: 1, default: 128, description: 'Of the embedding.' }),
    },
    { additionalProperties: false },
  ),

  create({ dimension }, { student, teacher }, weights) {
    const ofStudent = linear('student', student.at(-1)!, dimension, weights);
    const ofTeacher = linear('teacher', teacher.at(-1)!, dimension, weights);
    return (inputs) => {
      const apart = tf.abs(tf.sub(ofStudent(pooled(inputs.student)), ofTeacher(pooled(inputs.teacher))));
      const count = apart.shape[0] - 1;
      const [first, next] = [0, 1].map((start) => tf.slice(apart, [start, 0], [count, dimension]));
      return tf.div(tf.sum(tf.mul(first!, next!)), count);
    };
  },
});
