import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { embedding } from '../operations/embedding';
import { channelRows, unitLength } from '../operations/normalize';
import { defineMethod } from './method';
import { mapSizes } from './shapes';

/**
 * The squared distance between the channel-by-channel similarities of both maps (rows at unit length), divided by
 * channels and N^2. The student's map is embedded by a 3x3 convolution and batch normalisation.
 */
export const ickd = defineMethod({
  name: 'ickd',
  title: 'Inter-channel correlation',
  summary: "Keeps which of the teacher's channels go together.",
  hooks: 'maps',
  publishedWeight: 500,
  reference: {
    paper:
      'Liu et al.: Exploring Inter-Channel Correlation for Diversity-Preserved Knowledge Distillation. ICCV 2021',
    url: 'https://arxiv.org/abs/2202.03680',
    code: 'https://github.com/yoshitomo-matsubara/torchdistill (torchdistill/losses/mid_level.py, ChSimLoss)',
  },
  options: Type.Object({}, { additionalProperties: false }),

  create(_options, shapes, weights) {
    const { student, teacher } = mapSizes('ickd', shapes);
    const size = { inputs: student.channels, outputs: teacher.channels, kernel: 3 };
    const embed = embedding('embedding', size, weights);
    const similarity = (maps: tf.Tensor): tf.Tensor => {
      const rows = channelRows(maps);
      return unitLength(tf.matMul(rows, rows, false, true));
    };
    return (inputs) => {
      const distance = tf.squaredDifference(similarity(embed(inputs.student)), similarity(inputs.teacher));
      return tf.div(tf.sum(distance), teacher.channels * inputs.student.shape[0] ** 2);
    };
  },
});
