import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { convolution } from '../operations/embedding';
import { defineMethod } from './method';
import { mapSizes, refuseShapes, sameArea } from './shapes';

/**
 * The squared distance between the teacher's channels and W2(ReLU(W1(student's channels))), the same at every
 * position. The authors' code is not public: hidden width, reduction and weight are this project's choice,
 * and the weights start as PyTorch's convolutions do. Other numbers of layers, and layers that see the neighbouring
 * positions, are for ablations.
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
      layers: Type.Integer({
        minimum: 1,
        default: 2,
        description: 'Convolutions, with ReLU between them; 1 is a linear transformation. The paper has 2.',
      }),
      kernel: Type.Union([Type.Literal(1), Type.Literal(3)], {
        default: 1,
        description: 'Size of the convolutions. The paper has 1: every position by itself.',
      }),
      hidden: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], {
        default: null,
        description: "Channels between the layers; null: as many as the teacher's. Not published.",
      }),
      reduction: Type.Union([Type.Literal('mean'), Type.Literal('batchmean')], {
        default: 'mean',
        description: 'Mean over all entries, or their sum divided by the size of the batch. Not published.',
      }),
    },
    { additionalProperties: false },
  ),

  create({ layers, kernel, hidden, reduction }, shapes, weights) {
    const { student, teacher } = mapSizes('ct', shapes);
    if (!sameArea(student, teacher)) refuseShapes('ct needs maps of the same height and width', shapes);
    const width = hidden ?? teacher.channels;
    const transforms = Array.from({ length: layers }, (_, index) => {
      const inputs = index === 0 ? student.channels : width;
      const outputs = index === layers - 1 ? teacher.channels : width;
      return convolution(`w${index + 1}`, { inputs, outputs, kernel }, weights);
    });

    return (inputs) => {
      const predicted = transforms.reduce(
        (features, transform, index) => transform(index === 0 ? features : tf.relu(features)),
        inputs.student,
      );
      const squares = tf.sum(tf.squaredDifference(predicted, inputs.teacher));
      const terms = reduction === 'mean' ? predicted.size : predicted.shape[0];
      return tf.div(squares, terms);
    };
  },
});
