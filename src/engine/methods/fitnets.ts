import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { flattened, unitLength } from '../operations/normalize';
import { regressor } from '../operations/regressor';
import { defineMethod, type WeightFactory } from './method';
import { type MapSize, mapSizes, refuseShapes, sameArea, type ShapePair } from './shapes';

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
      regressor: Type.Union([Type.Literal('normalized'), Type.Literal('linear')], {
        default: 'normalized',
        description:
          'Convolution, batch normalisation and ReLU (RepDistiller, mdistiller, torchdistill, mmrazor), or a 1x1 convolution without bias (CIRKD, with weight 10).',
      }),
      normalize: Type.Boolean({
        default: false,
        description:
          'Bring the map of each image to unit length first, and divide the sum of the squares by the number of images alone (mmrazor, with weight 10).',
      }),
    },
    { additionalProperties: false },
  ),

  create({ regressor: kind, normalize }, shapes, weights) {
    const sizes = mapSizes('fitnets', shapes);
    const convolve =
      kind === 'linear'
        ? linearRegressor(shapes, sizes, weights)
        : regressor('fitnets', shapes, sizes, weights);
    const regress = (maps: tf.Tensor): tf.Tensor =>
      kind === 'linear' ? convolve(maps) : tf.relu(convolve(maps));
    const scaled = (maps: tf.Tensor): tf.Tensor => (normalize ? unitLength(flattened(maps)) : maps);
    return (inputs) => {
      const squares = tf.squaredDifference(scaled(regress(inputs.student)), scaled(inputs.teacher));
      return normalize ? tf.div(tf.sum(squares), squares.shape[0]) : tf.mean(squares);
    };
  },
});

/** A 1x1 convolution without bias. */
function linearRegressor(
  shapes: ShapePair,
  { student, teacher }: Record<'student' | 'teacher', MapSize>,
  weights: WeightFactory,
): (maps: tf.Tensor) => tf.Tensor {
  if (!sameArea(student, teacher)) {
    refuseShapes('fitnets with a linear regressor needs maps of the same height and width', shapes);
  }
  const shape = [1, 1, student.channels, teacher.channels];
  const kernel = weights.uniform('regressor/kernel', shape, student.channels) as tf.Tensor4D;
  return (maps) => tf.conv2d(maps as tf.Tensor4D, kernel, 1, 'same');
}
