import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { embedding } from '../operations/embedding';
import { pooled } from '../operations/normalize';
import { defineMethod } from './method';
import { mapSizes } from './shapes';

/**
 * The mean square between the channels' averages over all positions. The student's map goes through a 1x1 convolution
 * without bias, batch normalisation and ReLU first. The authors let its weight, 6, fall by 0.9 from time to time.
 */
export const cd = defineMethod({
  name: 'cd',
  title: 'Channel distillation',
  summary: "Matches how strong each of the teacher's channels is on average.",
  hooks: 'maps',
  publishedWeight: 6,
  reference: {
    paper: 'Zhou et al.: Channel Distillation: Channel-Wise Attention for Knowledge Distillation. 2020',
    url: 'https://arxiv.org/abs/2006.01683',
    code: 'https://github.com/zhouzaida/channel-distillation (losses/cd_loss.py, models/channel_distillation.py)',
  },
  options: Type.Object({}, { additionalProperties: false }),

  create(_options, shapes, weights) {
    const { student, teacher } = mapSizes('cd', shapes);
    const size = { inputs: student.channels, outputs: teacher.channels, kernel: 1 };
    const connect = embedding('connector', size, weights);
    return (inputs) =>
      tf.mean(tf.squaredDifference(pooled(tf.relu(connect(inputs.student))), pooled(inputs.teacher)));
  },
});
