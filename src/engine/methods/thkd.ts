import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { InputError } from '../../common/errors';
import { detach } from '../operations/detach';
import { pooled } from '../operations/normalize';
import { defineMethod } from './method';
import { refuseShapes } from './shapes';

/**
 * T^2 times the Kullback-Leibler divergence, averaged over the batch, from what the teacher's classifier says of the
 * teacher's features to what it says of the student's: TH-KD, beside `kd` with weight 1.5 in the authors' example.
 * Maps are averaged over their positions, as the classifiers find them. A student of other channels needs an adapter.
 */
export const thkd = defineMethod({
  name: 'thkd',
  title: "Classifier sharing (teacher's head)",
  summary: "Lets the teacher's classifier read the student's features, and say the same as of the teacher's.",
  hooks: 'vectors',
  publishedWeight: 0.02,
  reference: {
    paper:
      "Ben-Baruch et al.: It's All in the Head: Representation Knowledge Distillation through Classifier Sharing. 2022",
    url: 'https://arxiv.org/abs/2201.06945',
    code: 'https://github.com/Alibaba-MIIL/HeadSharingKD (kd_teacher_head/kdth.py)',
  },
  options: Type.Object(
    {
      temperature: Type.Number({
        exclusiveMinimum: 0,
        default: 4,
        description: 'Softens both answers; the authors use 4.',
      }),
    },
    { additionalProperties: false },
  ),
  requires: ['classifier'],

  create({ temperature }, shapes, _weights, { classifier: { kernel, bias } }) {
    const [channels] = kernel.shape;
    if (shapes.teacher.at(-1) !== channels) {
      throw new InputError(
        `thkd hooks the features that the teacher's classifier reads, of ${channels} channels, but the teacher's layer has ${shapes.teacher.at(-1)}; hook its last one`,
      );
    }
    if (shapes.student.at(-1) !== channels) refuseShapes('thkd needs features of the same channels', shapes);
    return (inputs) => {
      const answer = (features: tf.Tensor): tf.Tensor => {
        const logits = tf.matMul(pooled(features), detach(kernel));
        return tf.logSoftmax(tf.div(bias ? tf.add(logits, detach(bias)) : logits, temperature));
      };
      const [ofStudent, ofTeacher] = [answer(inputs.student), answer(inputs.teacher)];
      const divergence = tf.sum(tf.mul(tf.exp(ofTeacher), tf.sub(ofTeacher, ofStudent)));
      return tf.mul(divergence, temperature ** 2 / ofStudent.shape[0]);
    };
  },
});
