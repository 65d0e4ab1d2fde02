import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { detach } from '../operations/detach';
import { length, logitRows } from '../operations/normalize';
import { defineMethod } from './method';
import { sameLogitsOrPixels } from './shapes';

/** In the denominator of a correlation. */
const EPSILON = 1e-8;

/** Of float32, as a share of the numbers. */
const ROUNDING = 1e-6;

/**
 * T^2 times the mean distance (1 - Pearson correlation) between the class probabilities of both: of each image over
 * the classes, and of each class over the images. Where every pixel has logits, [N, H, W, classes], each counts as an
 * image. What does not differ correlates with nothing.
 */
export const dist = defineMethod({
  name: 'dist',
  title: 'DIST: distillation from a stronger teacher',
  summary: 'Keeps the order of the classes for each image and of the images for each class, not the values.',
  hooks: 'logits',
  publishedWeight: 2,
  reference: {
    paper: 'Huang et al.: Knowledge Distillation from A Stronger Teacher. NeurIPS 2022',
    url: 'https://arxiv.org/abs/2205.10536',
    code: 'https://github.com/open-mmlab/mmrazor (mmrazor/models/losses/dist_loss.py)',
  },
  options: Type.Object(
    {
      temperature: Type.Number({
        exclusiveMinimum: 0,
        default: 1,
        description: 'Softens both distributions.',
      }),
      interWeight: Type.Number({
        minimum: 0,
        default: 1,
        description: 'Of the relations between the classes of an image.',
      }),
      intraWeight: Type.Number({
        minimum: 0,
        default: 1,
        description: 'Of the relations between the images within a class.',
      }),
    },
    { additionalProperties: false },
  ),

  create({ temperature, interWeight, intraWeight }, shapes) {
    sameLogitsOrPixels('dist', shapes);
    return (inputs) => {
      const student = tf.softmax(tf.div(logitRows(inputs.student), temperature));
      const teacher = tf.softmax(tf.div(logitRows(inputs.teacher), temperature));
      const inter = rowDistance(student, teacher);
      const intra = rowDistance(tf.transpose(student), tf.transpose(teacher));
      return tf.mul(tf.add(tf.mul(inter, interWeight), tf.mul(intra, intraWeight)), temperature ** 2);
    };
  },
});

/** Mean over the rows of 1 - their correlation. */
function rowDistance(first: tf.Tensor, second: tf.Tensor): tf.Scalar {
  const [a, b] = [centred(first), centred(second)];
  const lengths = tf.mul(spread(a, first), spread(b, second));
  return tf.sub(1, tf.mean(tf.div(tf.sum(tf.mul(a, b), -1), tf.add(lengths, EPSILON))));
}

/**
 * The length of rows that were centred. 1 where they are what rounding leaves of equal numbers: divided by so little,
 * they would have a gradient a million times as large as the others' (in the authors' code they do).
 */
function spread(apart: tf.Tensor, rows: tf.Tensor): tf.Tensor {
  const own = length(apart);
  return tf.where(tf.greater(detach(own), tf.mul(detach(length(rows)), ROUNDING)), own, 1);
}

function centred(rows: tf.Tensor): tf.Tensor {
  return tf.sub(rows, tf.mean(rows, -1, true));
}
