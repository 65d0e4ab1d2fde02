import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { flattened, unitLength } from '../operations/normalize';
import { regressor } from '../operations/regressor';
import { defineMethod } from './method';
import { mapSizes } from './shapes';

/**
 * The mean square between the teacher's map and a regression of the student's: convolution, batch
 * normalisation, ReLU. The convolution also brings the student's map to the teacher's size. One stage, as in
 * mdistiller and RepDistiller, with their regressor and PyTorch's initial weights: gamma 1, beta 0.
 */
export const fitnets = defineMethod({
  name: 'fitnets',
  title: 'FitNets (hints)',
  summary: "Makes the teacher's map a regression target for the student's.",
  hooks: 'maps',
  publishedWeight: 100,
  reference: {
    paper: 'Romero et al.: FitNets: Hints for Thin Deep Nets. ICLR 2015',
    url: 'https://arxiv.org/abs/1412.6550',
    code: 'https://github.com/megvii-research/mdistiller (mdistiller/distillers/FitNet.py, _common.py)',
  },
  options: Type.Object(
    {
      normalize: Type.Boolean({
        default: false,
        description:
          'Bring the map of each image to unit length first, and divide the sum of the squares by the number of images alone (mmrazor, with weight 10).',
      }),
    },
    { additionalProperties: false },
  ),

  create({ normalize }, shapes, weights) {
    const regress = regressor('fitnets', shapes, mapSizes('fitnets', shapes), weights);
    const scaled = (maps: tf.Tensor): tf.Tensor => (normalize ? unitLength(flattened(maps)) : maps);
    return (inputs) => {
      const squares = tf.squaredDifference(scaled(tf.relu(regress(inputs.student))), scaled(inputs.teacher));
      return normalize ? tf.div(tf.sum(squares), squares.shape[0]) : tf.mean(squares);
    };
  },
});
