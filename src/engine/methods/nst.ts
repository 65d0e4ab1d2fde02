import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { channelRows, unitLength } from '../operations/normalize';
import { adaptiveAveragePool } from '../operations/resample';
import { defineMethod } from './method';
import { mapSizes, severalPositions } from './shapes';

/**
 * The squared maximum mean discrepancy between the channels of both maps, each at unit length over the positions,
 * under the kernel (a . b)^2. The larger map is pooled to the size of the smaller.
 */
export const nst = defineMethod({
  name: 'nst',
  title: 'Neuron selectivity transfer',
  summary: "Matches the distribution of the patterns that the student's channels select to the teacher's.",
  hooks: 'maps',
  publishedWeight: 50,
  reference: {
    paper: 'Huang, Wang: Like What You Like: Knowledge Distill via Neuron Selectivity Transfer. 2017',
    url: 'https://arxiv.org/abs/1707.01219',
    code: 'https://github.com/megvii-research/mdistiller (mdistiller/distillers/NST.py)',
  },
  options: Type.Object({}, { additionalProperties: false }),

  create(_options, shapes) {
    const { student, teacher } = mapSizes('nst', shapes);
    const height = Math.min(student.height, teacher.height);
    const width = Math.min(student.width, teacher.width);
    severalPositions('nst', { height, width }, shapes);
    const patterns = (maps: tf.Tensor): tf.Tensor3D =>
      unitLength(channelRows(adaptiveAveragePool(maps as tf.Tensor4D, height, width))) as tf.Tensor3D;
    const similarity = (first: tf.Tensor3D, second: tf.Tensor3D): tf.Scalar =>
      tf.mean(tf.square(tf.matMul(first, second, false, true)));

    return (inputs) => {
      const [ofStudent, ofTeacher] = [patterns(inputs.student), patterns(inputs.teacher)];
      const within = tf.add(similarity(ofTeacher, ofTeacher), similarity(ofStudent, ofStudent));
      return tf.sub(within, tf.mul(similarity(ofStudent, ofTeacher), 2));
    };
  },
});
