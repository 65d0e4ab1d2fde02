import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { InputError } from '../../common/errors';
import { attentionError } from '../operations/attention';
import { embedding } from '../operations/embedding';
import { defineMethod } from './method';
import { mapSizes, refuseShapes, sameArea } from './shapes';

/**
 * Each position of the teacher is rebuilt as an attention-weighted sum of all positions of the student, and
 * compared by the mean square. Query and value are embeddings of the student, the key is the teacher's map
 * itself; the softmax over the teacher's positions is unscaled. Initial weights as in the authors' code: PyTorch's for convolutions, gamma 1 and beta 0.
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
      kernel: Type.Union([Type.Literal(3), Type.Literal(1)], {
        default: 3,
        description: "Size of the embeddings' convolutions; the authors use 3.",
      }),
      key: Type.Union([Type.Literal('identity'), Type.Literal('learnt')], {
        default: 'identity',
        description: "What the queries are compared with: the teacher's map itself, or an embedding of it.",
      }),
    },
    { additionalProperties: false },
  ),

  create({ heads, kernel, key }, shapes, weights) {
    const { student, teacher } = mapSizes('tat', shapes);
    if (!sameArea(student, teacher)) refuseShapes('tat needs maps of the same height and width', shapes);
    if (teacher.channels % heads !== 0) {
      throw new InputError(
        `tat: option "heads" is ${heads}, which does not divide the teacher's ${teacher.channels} channels`,
      );
    }
    const size = { inputs: student.channels, outputs: teacher.channels, kernel };
    const query = embedding('query', size, weights);
    const keyOf =
      key === 'learnt' ? embedding('key', { ...size, inputs: teacher.channels }, weights) : undefined;
    const value = embedding('value', size, weights);
    const positions = teacher.height * teacher.width;
    const depth = teacher.channels / heads;

    /** [N, H, W, C] to [N heads, H W, C / heads]. */
    const split = (maps: tf.Tensor): tf.Tensor3D => {
      const byHead = tf.transpose(tf.reshape(maps, [-1, positions, heads, depth]), [0, 2, 1, 3]);
      return tf.reshape(heads === 1 ? maps : byHead, [-1, positions, depth]);
    };

    return (inputs) => {
      const target = split(inputs.teacher);
      // The mean does not mind that the heads stay apart.
      return attentionError(
        split(query(inputs.student)),
        keyOf ? split(keyOf(inputs.teacher)) : target,
        split(value(inputs.student)),
        target,
        { fixedKey: keyOf === undefined },
      );
    };
  },
});
