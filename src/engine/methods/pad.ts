import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { linear, normVectors } from '../operations/embedding';
import { pooled } from '../operations/normalize';
import { defineMethod } from './method';
import { refuseShapes } from './shapes';

const EPSILON = 1e-6;

/**
 * The mean of (t - s)^2 / (1e-6 + exp(v)) + v, for a log-variance v of every entry that a linear layer and a batch
 * normalisation predict from the student's features: hard samples count less. Maps are averaged over their positions.
 */
export const pad = defineMethod({
  name: 'pad',
  title: 'Prime-aware adaptive distillation',
  summary: 'Matches features, the samples weighed by how sure the student can be of them.',
  hooks: 'vectors',
  publishedWeight: 1,
  reference: {
    paper: 'Zhang et al.: Prime-Aware Adaptive Distillation. ECCV 2020',
    url: 'https://arxiv.org/abs/2008.01458',
    code: 'https://github.com/yoshitomo-matsubara/torchdistill (torchdistill/losses/mid_level.py, PADL2Loss)',
  },
  options: Type.Object({}, { additionalProperties: false }),

  create(_options, shapes, weights) {
    const channels = shapes.student.at(-1)!;
    if (channels !== shapes.teacher.at(-1)) refuseShapes('pad needs features of the same channels', shapes);
    const estimate = linear('variance', channels, channels, weights);
    const gamma = weights.constant('variance/gamma', [channels], 1);
    const beta = weights.constant('variance/beta', [channels], 0);
    return (inputs) => {
      const student = pooled(inputs.student);
      const logVariance = normVectors(estimate(student), gamma, beta);
      const squares = tf.squaredDifference(pooled(inputs.teacher), student);
      return tf.mean(tf.add(tf.div(squares, tf.add(tf.exp(logVariance), EPSILON)), logVariance));
    };
  },
});
