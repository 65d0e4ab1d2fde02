import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { defineMethod } from './method';
import { mapSizes, refuseShapes, sameArea } from './shapes';

/**
 * The squared distance between the teacher's channels and W2(ReLU(W1(student's channels))), the same at every
 * position. The authors' code is not public: hidden width, reduction and weight are this project's choice,
 * and the weights start as PyTorch's convolutions do.
 */
export const ct = defineMethod({
  name: 'ct',
  title: 'Channel transformation',
  summary: "Predicts the teacher's channels from the student's at each position, by a small network.",
  hooks: 'maps',
  publishedWeight: 1,
  reference: {
    paper:
      'Liu, Wang, Chu: A Simple and Generic Framework for Feature Distillation via Channel-wise Transformation. ICCV Workshops 2023',
    url: 'https://arxiv.org/abs/2303.13212',
  },
  options: Type.Object(
    {
      hidden: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], {
        default: null,
        description: "Channels between the two layers; null: as many as the teacher's. Not published.",
      }),
      reduction: Type.Union([Type.Literal('mean'), Type.Literal('batchmean')], {
        default: 'mean',
        description: 'Mean over all entries, or their sum divided by the size of the batch. Not published.',
      }),
    },
    { additionalProperties: false },
  ),

  create({ hidden, reduction }, shapes, weights) {
    const { student, teacher } = mapSizes('ct', shapes);
    if (!sameArea(student, teacher)) refuseShapes('ct needs maps of the same height and width', shapes);
    const width = hidden ?? teacher.channels;
    const kernel1 = weights.uniform('w1/kernel', [1, 1, student.channels, width], student.channels);
    const bias1 = weights.uniform('w1/bias', [width], student.channels);
    const kernel2 = weights.uniform('w2/kernel', [1, 1, width, teacher.channels], width);
    const bias2 = weights.uniform('w2/bias', [teacher.channels], width);

    return (inputs) => {
      const inner = tf.relu(
        tf.add(tf.conv2d(inputs.student as tf.Tensor4D, kernel1 as tf.Tensor4D, 1, 'same'), bias1),
      );
      const predicted = tf.add(tf.conv2d(inner as tf.Tensor4D, kernel2 as tf.Tensor4D, 1, 'same'), bias2);
      const squares = tf.sum(tf.squaredDifference(predicted, inputs.teacher));
      const terms = reduction === 'mean' ? predicted.size : predicted.shape[0];
      return tf.div(squares, terms);
    };
  },
});
