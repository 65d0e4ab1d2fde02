import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { flattened, pooled, unitLength } from '../operations/normalize';
import { defineMethod } from './method';

/** The least square of a distance. */
const EPSILON = 1e-12;

/**
 * Smooth L1 between the distances of all pairs of a batch (each in units of their mean), and between the cosines of
 * the angles of all triples.
 */
export const rkd = defineMethod({
  name: 'rkd',
  title: 'Relational distillation',
  summary: 'Keeps the distances between the images of a batch and the angles that they make.',
  hooks: 'vectors',
  publishedWeight: 1,
  reference: {
    paper: 'Park et al.: Relational Knowledge Distillation. CVPR 2019',
    url: 'https://arxiv.org/abs/1904.05068',
    code: 'https://github.com/megvii-research/mdistiller (mdistiller/distillers/RKD.py)',
  },
  comparesSamples: true,
  options: Type.Object(
    {
      distanceWeight: Type.Number({ minimum: 0, default: 25, description: 'Weight of the distances.' }),
      angleWeight: Type.Number({ minimum: 0, default: 50, description: 'Weight of the angles.' }),
      maps: Type.Union([Type.Literal('averaged'), Type.Literal('flattened')], {
        default: 'averaged',
        description:
          'How maps become vectors: averaged over their positions, or as they are (torchdistill, with weights 1 and 2).',
      }),
      normalize: Type.Boolean({
        default: false,
        description: 'Bring each vector to unit length first (mmrazor).',
      }),
    },
    { additionalProperties: false },
  ),

  create({ distanceWeight, angleWeight, maps, normalize }) {
    const vectors = (features: tf.Tensor): tf.Tensor2D => {
      const rows = maps === 'averaged' ? pooled(features) : flattened(features);
      return normalize ? (unitLength(rows) as tf.Tensor2D) : rows;
    };
    return (inputs) => {
      const student = vectors(inputs.student);
      const teacher = vectors(inputs.teacher);
      const byDistance = smoothL1(relativeDistances(student), relativeDistances(teacher));
      const byAngle = smoothL1(angles(student), angles(teacher));
      return tf.add(tf.mul(byDistance, distanceWeight), tf.mul(byAngle, angleWeight));
    };
  },
});

/** [N, N]: the distance of each pair, divided by the mean of those that are not zero. */
function relativeDistances(vectors: tf.Tensor2D): tf.Tensor2D {
  const count = vectors.shape[0];
  const squares = tf.sum(tf.square(vectors), -1, true);
  const products = tf.matMul(vectors, vectors, false, true);
  const between = tf.sub(tf.add(squares, tf.transpose(squares)), tf.mul(products, 2));
  const apart = tf.sub(1, tf.eye(count));
  const distances = tf.mul(tf.sqrt(tf.maximum(between, EPSILON)), apart);
  // Two equal vectors too are EPSILON apart, so that all but the diagonal count.
  return tf.div(tf.mul(distances, count * (count - 1)), tf.sum(distances));
}

/** [N, N, N]: the cosine of the angle at the first between the other two; 0 where two of them are one or alike. */
function angles(vectors: tf.Tensor2D): tf.Tensor3D {
  const differences = tf.sub(tf.expandDims(vectors, 0), tf.expandDims(vectors, 1));
  const directions = unitLength(differences) as tf.Tensor3D;
  return tf.matMul(directions, directions, false, true);
}

/** Mean over all entries of d^2 / 2 where |d| < 1, of |d| - 1/2 elsewhere. */
function smoothL1(first: tf.Tensor, second: tf.Tensor): tf.Scalar {
  const distance = tf.abs(tf.sub(first, second));
  const small = tf.minimum(distance, 1);
  return tf.mean(tf.sub(tf.mul(small, distance), tf.div(tf.square(small), 2)));
}
