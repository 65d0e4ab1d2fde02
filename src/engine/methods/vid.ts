import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { adaptiveAveragePool } from '../operations/resample';
import { defineMethod, type WeightFactory } from './method';
import { mapSizes } from './shapes';

const EPSILON = 1e-5;
/** The variance that every channel starts with. */
const START = 5;

/**
 * The negative log-likelihood of the teacher's map under a normal distribution: its mean is predicted from the
 * student's map by three 1x1 convolutions without bias, its variance is learnt for each channel as
 * softplus(`scale`) + 1e-5. The larger map is pooled to the size of the smaller.
 */
export const vid = defineMethod({
  name: 'vid',
  title: 'Variational information distillation',
  summary: "Makes the teacher's map likely given the student's, each channel by its own learnt variance.",
  hooks: 'maps',
  publishedWeight: 1,
  reference: {
    paper: 'Ahn et al.: Variational Information Distillation for Knowledge Transfer. CVPR 2019',
    url: 'https://arxiv.org/abs/1904.05835',
    code: 'https://github.com/HobbitLong/RepDistiller (distiller_zoo/VID.py)',
  },
  options: Type.Object({}, { additionalProperties: false }),

  create(_options, shapes, weights) {
    const { student, teacher } = mapSizes('vid', shapes);
    const height = Math.min(student.height, teacher.height);
    const width = Math.min(student.width, teacher.width);
    const layers = [student.channels, teacher.channels, teacher.channels].map((inputs, index) =>
      convolution(`regressor${index + 1}`, inputs, teacher.channels, weights),
    );
    const scale = weights.constant('scale', [teacher.channels], Math.log(Math.exp(START - EPSILON) - 1));

    return (inputs) => {
      const pool = (maps: tf.Tensor): tf.Tensor => adaptiveAveragePool(maps as tf.Tensor4D, height, width);
      const [first, second, third] = layers;
      const mean = third!(tf.relu(second!(tf.relu(first!(pool(inputs.student))))));
      const variance = tf.add(tf.softplus(scale), EPSILON);
      const distance = tf.div(tf.squaredDifference(mean, pool(inputs.teacher)), variance);
      return tf.div(tf.mean(tf.add(distance, tf.log(variance))), 2);
    };
  },
});

function convolution(
  name: string,
  inputs: number,
  outputs: number,
  weights: WeightFactory,
): (maps: tf.Tensor) => tf.Tensor {
  const kernel = weights.uniform(`${name}/kernel`, [1, 1, inputs, outputs], inputs) as tf.Tensor4D;
  return (maps) => tf.conv2d(maps as tf.Tensor4D, kernel, 1, 'same');
}
