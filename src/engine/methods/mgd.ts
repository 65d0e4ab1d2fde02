import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { convolution, pointwise } from '../operations/embedding';
import { defineMethod } from './method';
import { mapSizes, refuseShapes, sameArea } from './shapes';

/**
 * The teacher's map is rebuilt from the student's with random positions (or channels) masked: 3x3 convolution, ReLU,
 * 3x3 convolution; the squared distance is summed and divided by the batch. A 1x1 convolution aligns the channels
 * where they differ. The masks are drawn by `Math.random`, which training seeds anew at every step.
 */
export const mgd = defineMethod({
  name: 'mgd',
  title: 'Masked generative distillation',
  summary: "Rebuilds the teacher's whole map from the student's with random parts masked.",
  hooks: 'maps',
  publishedWeight: 2e-5,
  reference: {
    paper: 'Yang et al.: Masked Generative Distillation. ECCV 2022',
    url: 'https://arxiv.org/abs/2205.01529',
    code: 'https://github.com/open-mmlab/mmrazor (mmrazor/models/losses/mgd_loss.py, architectures/connectors/mgd_connector.py)',
  },
  options: Type.Object(
    {
      masked: Type.Number({
        minimum: 0,
        maximum: 1,
        default: 0.65,
        description:
          'Share that is masked, lambda: 0.65 for one-stage detectors (weight 2e-5), 0.45 for two-stage ones (5e-7), 0.75 for segmentation (2e-5), 0.15 for classification (7e-5).',
      }),
      mask: Type.Union([Type.Literal('positions'), Type.Literal('channels')], {
        default: 'positions',
        description: 'What is masked.',
      }),
    },
    { additionalProperties: false },
  ),

  create({ masked, mask }, shapes, weights) {
    const { student, teacher } = mapSizes('mgd', shapes);
    if (!sameArea(student, teacher)) refuseShapes('mgd needs maps of the same height and width', shapes);
    const { height, width, channels } = teacher;
    const align =
      student.channels === channels
        ? (maps: tf.Tensor) => maps
        : pointwise('align', student.channels, channels, weights);
    const size = { inputs: channels, outputs: channels, kernel: 3 };
    const first = convolution('generation1', size, weights);
    const second = convolution('generation2', size, weights);

    const drawMask = (samples: number): tf.Tensor => {
      const shape = mask === 'positions' ? [samples, height, width, 1] : [samples, 1, 1, channels];
      const kept = Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () =>
        Math.random() > 1 - masked ? 0 : 1,
      );
      return tf.tensor(kept, shape);
    };
    return (inputs) => {
      const seen = tf.mul(align(inputs.student), drawMask(inputs.student.shape[0]));
      const rebuilt = second(tf.relu(first(seen)));
      return tf.div(tf.sum(tf.squaredDifference(rebuilt, inputs.teacher)), inputs.student.shape[0]);
    };
  },
});
