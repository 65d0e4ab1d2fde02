import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { length, orOne, pooled } from '../operations/normalize';
import { defineMethod } from './method';

const EPSILON = 1e-7;

/**
 * The mean over all pairs of t log(t / s), for the probabilities t and s that teacher and student give one image of
 * the batch as neighbour of another: (1 + cosine) / 2, rows summing to one. Maps are averaged over their positions.
 */
export const pkt = defineMethod({
  name: 'pkt',
  title: 'Probabilistic knowledge transfer',
  summary: 'Matches how likely the images of a batch are neighbours of one another.',
  hooks: 'vectors',
  publishedWeight: 30000,
  reference: {
    paper: 'Passalis, Tefas: Learning Deep Representations with Probabilistic Knowledge Transfer. ECCV 2018',
    url: 'https://arxiv.org/abs/1803.10837',
    code: 'https://github.com/megvii-research/mdistiller (mdistiller/distillers/PKT.py)',
  },
  comparesSamples: true,
  options: Type.Object({}, { additionalProperties: false }),

  create() {
    return (inputs) => {
      const teacher = neighbourhood(pooled(inputs.teacher));
      const student = neighbourhood(pooled(inputs.student));
      const ratio = tf.div(tf.add(teacher, EPSILON), tf.add(student, EPSILON));
      return tf.mean(tf.mul(teacher, tf.log(ratio)));
    };
  },
});

function neighbourhood(vectors: tf.Tensor2D): tf.Tensor {
  const lengths = tf.expandDims(length(vectors), -1);
  // A vector of zeros has the cosine 0 with all, whatever it is divided by; by 1, its gradient stays small too.
  const directions: tf.Tensor2D = tf.div(vectors, tf.add(orOne(lengths, EPSILON), EPSILON));
  const likeness = tf.div(tf.add(tf.matMul(directions, directions, false, true), 1), 2);
  return tf.div(likeness, tf.sum(likeness, -1, true));
}
