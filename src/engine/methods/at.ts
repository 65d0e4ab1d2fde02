import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { flattened, length, unitLength } from '../operations/normalize';
import { adaptiveAveragePool } from '../operations/resample';
import { defineMethod } from './method';
import { mapSizes, severalPositions } from './shapes';

/**
 * The mean square between the attention maps of both, each the mean of the channels' p-th powers, at unit length over
 * the positions. The larger map is pooled to the size of the smaller. So the authors' code; their paper has the distance
 * itself, not its square.
 */
export const at = defineMethod({
  name: 'at',
  title: 'Attention transfer',
  summary: 'Makes the student strong at the positions where the teacher is strong.',
  hooks: 'maps',
  publishedWeight: 1000,
  reference: {
    paper:
      'Zagoruyko, Komodakis: Paying More Attention to Attention: Improving the Performance of CNNs via Attention Transfer. ICLR 2017',
    url: 'https://arxiv.org/abs/1612.03928',
    code: 'https://github.com/megvii-research/mdistiller (mdistiller/distillers/AT.py)',
  },
  options: Type.Object(
    {
      p: Type.Integer({
        minimum: 1,
        default: 2,
        description: "The power that the channels' values are raised to; the authors use 2.",
      }),
      mode: Type.Union([Type.Literal('code'), Type.Literal('paper')], {
        default: 'code',
        description:
          "The mean square over images and positions, as in the authors' code, or the mean over the images of the distance, as in equation 2 of the paper (both as named in torchdistill).",
      }),
    },
    { additionalProperties: false },
  ),

  create({ p, mode }, shapes) {
    const { student, teacher } = mapSizes('at', shapes);
    const height = Math.min(student.height, teacher.height);
    const width = Math.min(student.width, teacher.width);
    severalPositions('at', { height, width }, shapes);
    const attention = (maps: tf.Tensor): tf.Tensor => {
      const pooled = adaptiveAveragePool(maps as tf.Tensor4D, height, width);
      return unitLength(flattened(tf.mean(tf.pow(pooled, p), -1)));
    };
    return (inputs) => {
      const apart = tf.sub(attention(inputs.student), attention(inputs.teacher));
      return tf.mean(mode === 'code' ? tf.square(apart) : length(apart));
    };
  },
});
