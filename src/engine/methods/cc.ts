import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { linear } from '../operations/embedding';
import { length, pooled } from '../operations/normalize';
import { defineMethod } from './method';

/**
 * Student and teacher are embedded linearly, both trained; the loss is the mean over neighbours in the batch of
 * sum(|d_b| |d_b+1|) for the differences d of both embeddings: the authors' code. The paper's loss is the distance
 * between the matrices that a kernel gives for all pairs of the batch, divided by N^2. Maps are averaged over their
 * positions.
 */
export const cc = defineMethod({
  name: 'cc',
  title: 'Correlation congruence',
  summary: 'Keeps how the images of a batch correlate, in an embedding learnt for both.',
  hooks: 'vectors',
  publishedWeight: 0.02,
  reference: {
    paper: 'Peng et al.: Correlation Congruence for Knowledge Distillation. ICCV 2019',
    url: 'https://arxiv.org/abs/1904.01802',
    code: 'https://github.com/HobbitLong/RepDistiller (distiller_zoo/CC.py)',
  },
  comparesSamples: true,
  options: Type.Object(
    {
      dimension: Type.Integer({ minimum: 1, default: 128, description: 'Of the embedding.' }),
      correlation: Type.Union(
        [Type.Literal('neighbours'), Type.Literal('gaussian'), Type.Literal('bilinear')],
        {
          default: 'neighbours',
          description:
            "Of the differences of neighbours in the batch, as in the authors' code (RepDistiller); or of all pairs by a Gaussian kernel, as in the paper (torchdistill, with weight 0.003), or by their products (torchdistill).",
        },
      ),
      gamma: Type.Number({ exclusiveMinimum: 0, default: 0.4, description: 'Of the Gaussian kernel.' }),
      order: Type.Integer({
        minimum: 1,
        default: 2,
        description: 'Of the Taylor series that stands for the Gaussian kernel.',
      }),
    },
    { additionalProperties: false },
  ),

  create({ dimension, correlation, gamma, order }, { student, teacher }, weights) {
    const ofStudent = linear('student', student.at(-1)!, dimension, weights);
    const ofTeacher = linear('teacher', teacher.at(-1)!, dimension, weights);
    const kernel = (vectors: tf.Tensor2D): tf.Tensor2D => {
      const products = tf.matMul<tf.Tensor2D>(vectors, vectors, false, true);
      return correlation === 'bilinear' ? products : gaussian(products, gamma, order);
    };
    return (inputs) => {
      const embedded = [ofStudent(pooled(inputs.student)), ofTeacher(pooled(inputs.teacher))] as const;
      if (correlation === 'neighbours') return neighbours(...embedded);
      const apart = tf.sub(kernel(embedded[0]), kernel(embedded[1]));
      return tf.div(length(tf.reshape(apart, [-1])), apart.size);
    };
  },
});

function neighbours(student: tf.Tensor2D, teacher: tf.Tensor2D): tf.Scalar {
  const apart = tf.abs(tf.sub(student, teacher));
  const [samples, dimension] = apart.shape as [number, number];
  const [first, next] = [0, 1].map((start) => tf.slice(apart, [start, 0], [samples - 1, dimension]));
  return tf.div(tf.sum(tf.mul(first!, next!)), samples - 1);
}

/**
 * exp(-gamma |x - y|^2) for vectors at unit length, from their products x y: exp(-2 gamma) exp(2 gamma x y), the latter
 * as a Taylor series. As in torchdistill, nothing brings the vectors to that length.
 */
function gaussian(products: tf.Tensor2D, gamma: number, order: number): tf.Tensor2D {
  let term: tf.Tensor2D = tf.onesLike(products);
  let sum = term;
  for (let power = 1; power <= order; power++) {
    term = tf.mul(term, tf.mul(products, (2 * gamma) / power));
    sum = tf.add(sum, term);
  }
  return tf.mul(sum, Math.exp(-2 * gamma));
}
