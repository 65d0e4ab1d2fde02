import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { flattened, unitLength } from '../operations/normalize';
import { defineMethod } from './method';

/** The squared distance between the similarity matrices of the batch (rows at unit length), divided by N^2. */
export const sp = defineMethod({
  name: 'sp',
  title: 'Similarity-preserving distillation',
  summary: 'Images that are alike to the teacher become alike to the student.',
  hooks: 'maps',
  publishedWeight: 3000,
  reference: {
    paper: 'Tung, Mori: Similarity-Preserving Knowledge Distillation. ICCV 2019',
    url: 'https://arxiv.org/abs/1907.09682',
    code: 'https://github.com/megvii-research/mdistiller (mdistiller/distillers/SP.py)',
  },
  comparesSamples: true,
  options: Type.Object({}, { additionalProperties: false }),

  create() {
    const similarity = (features: tf.Tensor): tf.Tensor => {
      const rows = flattened(features);
      return unitLength(tf.matMul(rows, rows, false, true));
    };
    return ({ student, teacher }) => tf.mean(tf.squaredDifference(similarity(student), similarity(teacher)));
  },
});
