import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { embedding } from '../operations/embedding';
import { channelRows } from '../operations/normalize';
import { defineMethod } from './method';
import { mapSizes, refuseShapes, sameArea, severalPositions } from './shapes';

/**
 * T^2 times the Kullback-Leibler divergence between the softmax of both over the positions of each channel, summed
 * and divided by images and channels. Hooks logits of every pixel as well as features.
 */
export const cwd = defineMethod({
  name: 'cwd',
  title: 'Channel-wise distillation',
  summary: 'Matches where each channel looks: its softmax over all positions of the map.',
  hooks: 'maps',
  publishedWeight: 5,
  reference: {
    paper: 'Shu et al.: Channel-wise Knowledge Distillation for Dense Prediction. ICCV 2021',
    url: 'https://arxiv.org/abs/2011.13256',
    code: 'https://github.com/open-mmlab/mmrazor (mmrazor/models/losses/cwd.py)',
  },
  options: Type.Object(
    {
      temperature: Type.Number({
        exclusiveMinimum: 0,
        default: 1,
        description:
          'Softens the maps; 1 in mmrazor (weight 5 on logits, 10 on each level of a pyramid), 4 in the authors’ code (weight 3 on logits).',
      }),
      connector: Type.Boolean({
        default: false,
        description:
          "Bring the student's channels to the teacher's by a 1x1 convolution, batch normalisation and ReLU, as the authors do for features.",
      }),
    },
    { additionalProperties: false },
  ),

  create({ temperature, connector }, shapes, weights) {
    const { student, teacher } = mapSizes('cwd', shapes);
    if (!sameArea(student, teacher)) refuseShapes('cwd needs maps of the same height and width', shapes);
    severalPositions('cwd', teacher, shapes);
    if (!connector && student.channels !== teacher.channels) {
      refuseShapes('cwd without connector needs maps of the same channels', shapes);
    }
    const size = { inputs: student.channels, outputs: teacher.channels, kernel: 1 };
    const embed = connector ? embedding('connector', size, weights) : undefined;
    const logShares = (maps: tf.Tensor): tf.Tensor => tf.logSoftmax(tf.div(channelRows(maps), temperature));
    return (inputs) => {
      const studentLog = logShares(embed ? tf.relu(embed(inputs.student)) : inputs.student);
      const teacherLog = logShares(inputs.teacher);
      const divergence = tf.sum(tf.mul(tf.exp(teacherLog), tf.sub(teacherLog, studentLog)));
      return tf.mul(divergence, temperature ** 2 / (inputs.student.shape[0] * teacher.channels));
    };
  },
});
