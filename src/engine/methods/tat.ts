import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { InputError } from '../../common/errors';
import { batchNormTrain } from '../backends/kernels';
import { defineMethod, type WeightFactory } from './method';
import { mapSizes, refuseShapes, sameArea } from './shapes';

const epsilon = 1e-5;

/**
 * Each position of the teacher is rebuilt as an attention-weighted sum of all positions of the student, and
 * compared by the mean square. Query and value are embeddings of the student, the key is the teacher's map
 * itself; the softmax over the teacher's positions is unscaled. Needs memory for (H W)^2 numbers an image and
 * head. Initial weights as in the authors' code: PyTorch's for convolutions, gamma 1 and beta 0.
 */
export const tat = defineMethod({
  name: 'tat',
  title: 'Target-aware transformer',
  summary: "Rebuilds every position of the teacher's map from all positions of the student's, by attention.",
  hooks: 'maps',
  publishedWeight: 0.1,
  reference: {
    paper: 'Lin et al.: Knowledge Distillation via the Target-aware Transformer. CVPR 2022',
    url: 'https://arxiv.org/abs/2205.10793',
    code: 'https://github.com/sihaoevery/TaT (torchdistill/losses/single.py, torchdistill/models/special.py)',
  },
  options: Type.Object(
    {
      heads: Type.Integer({
        minimum: 1,
        default: 1,
        description: "Attention heads; must divide the teacher's channels. The authors use 1.",
      }),
    },
    { additionalProperties: false },
  ),

  create({ heads }, shapes, weights) {
    const { student, teacher } = mapSizes('tat', shapes);
    if (!sameArea(student, teacher)) refuseShapes('tat needs maps of the same height and width', shapes);
    if (teacher.channels % heads !== 0) {
      throw new InputError(
        `tat: option "heads" is ${heads}, which does not divide the teacher's ${teacher.channels} channels`,
      );
    }
    const query = embedding('query', student.channels, teacher.channels, weights);
    const value = embedding('value', student.channels, teacher.channels, weights);
    const positions = teacher.height * teacher.width;
    const depth = teacher.channels / heads;

    /** [N, H, W, C] to [N, heads, H W, C / heads]. */
    const split = (maps: tf.Tensor): tf.Tensor =>
      heads === 1
        ? tf.reshape(maps, [-1, 1, positions, depth])
        : tf.transpose(tf.reshape(maps, [-1, positions, heads, depth]), [0, 2, 1, 3]);

    return (inputs) => {
      const target = split(inputs.teacher);
      const attention = tf.softmax(tf.matMul(split(query(inputs.student)), target, false, true));
      const rebuilt = tf.matMul(attention, split(value(inputs.student)));
      // The mean does not mind that the heads stay apart.
      return tf.mean(tf.squaredDifference(rebuilt, target));
    };
  },
});

/** A 3x3 convolution without bias, then batch normalisation. */
function embedding(
  name: string,
  inputs: number,
  outputs: number,
  weights: WeightFactory,
): (maps: tf.Tensor) => tf.Tensor {
  const kernel = weights.uniform(`${name}/kernel`, [3, 3, inputs, outputs], 9 * inputs);
  const gamma = weights.constant(`${name}/gamma`, [outputs], 1);
  const beta = weights.constant(`${name}/beta`, [outputs], 0);
  return (maps) =>
    batchNormTrain(tf.conv2d(maps as tf.Tensor4D, kernel as tf.Tensor4D, 1, 'same'), gamma, beta, epsilon);
}
