import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { regressor } from '../operations/regressor';
import { defineMethod } from './method';
import { mapSizes, sameArea } from './shapes';

/**
 * The student's responses are pushed to the teacher's side of zero, beyond a margin: (s + m)^2 where the teacher is
 * not active and s > -m, (s - m)^2 where it is and s <= m; summed, times 3 / 1000, divided by the batch. Hooks layers
 * before their activation. Where the shapes differ, a convolution and batch normalisation bring the student's map to
 * the teacher's. The authors train it alone first and weigh earlier stages by halves. torchdistill leaves out the
 * 3 / 1000: the same with a weight of 1000 / 3.
 */
export const ab = defineMethod({
  name: 'ab',
  title: 'Activation boundaries',
  summary: "Moves the student's responses, before activation, to the teacher's side of zero.",
  hooks: 'maps',
  publishedWeight: 1,
  reference: {
    paper:
      'Heo et al.: Knowledge Transfer via Distillation of Activation Boundaries Formed by Hidden Neurons. AAAI 2019',
    url: 'https://arxiv.org/abs/1811.03233',
    code: 'https://github.com/HobbitLong/RepDistiller (distiller_zoo/AB.py)',
  },
  options: Type.Object(
    {
      margin: Type.Number({
        minimum: 0,
        default: 1,
        description: 'How far beyond zero the student must go.',
      }),
    },
    { additionalProperties: false },
  ),

  create({ margin }, shapes, weights) {
    const sizes = mapSizes('ab', shapes);
    const isAlike =
      sameArea(sizes.student, sizes.teacher) && sizes.student.channels === sizes.teacher.channels;
    const connect = isAlike ? (maps: tf.Tensor) => maps : regressor('ab', shapes, sizes, weights);
    return (inputs) => {
      const student = connect(inputs.student);
      const isActive = tf.cast(tf.greater(inputs.teacher, 0), 'float32');
      const tooHigh = tf.square(tf.relu(tf.add(student, margin)));
      const tooLow = tf.square(tf.relu(tf.sub(margin, student)));
      const sum = tf.sum(tf.add(tf.mul(tooHigh, tf.sub(1, isActive)), tf.mul(tooLow, isActive)));
      return tf.mul(sum, 3 / 1000 / student.shape[0]);
    };
  },
});
