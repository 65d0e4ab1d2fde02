import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { linear, normVectors } from '../operations/embedding';
import { flattened, pooled, unitLength } from '../operations/normalize';
import { adaptiveAveragePool } from '../operations/resample';
import { defineSeveralLayerMethod, type WeightFactory } from './method';
import { mapList } from './shapes';

/**
 * Every layer of the teacher is compared with every one of the student by the mean square of their attention maps (mean
 * of the squared channels, at unit length); how much each pair counts is learnt, for each image, by attention from the
 * teacher's layers to the student's.
 */
export const afd = defineSeveralLayerMethod({
  name: 'afd',
  title: 'Attention-based feature distillation',
  summary: "Learns by itself which of the student's layers is to learn from which of the teacher's.",
  hooks: 'maps',
  publishedWeight: 200,
  reference: {
    paper:
      'Ji, Heo, Park: Show, Attend and Distill: Knowledge Distillation via Attention-based Feature Matching. AAAI 2021',
    url: 'https://arxiv.org/abs/2102.02973',
    code: 'https://github.com/clovaai/attention-feature-distillation (distill/AFD.py)',
  },
  options: Type.Object(
    {
      dimension: Type.Integer({ minimum: 1, default: 128, description: 'Of queries and keys.' }),
    },
    { additionalProperties: false },
  ),

  create({ dimension }, shapes, weights) {
    const { student, teacher } = mapList('afd', shapes, { evenly: false });
    const embed = (name: string, channels: number, outputs = dimension): Embedding =>
      embedding(name, channels, outputs, weights);
    const keys = student.map(({ channels }, index) => embed(`key${index + 1}`, channels));
    const queries = teacher.map(({ channels }, index) => embed(`query${index + 1}`, channels));
    const bilinear = embed('bilinear', dimension, dimension * teacher.length);
    const position = (name: string, count: number): tf.Variable =>
      weights.normal(name, [count, dimension], Math.sqrt(2 / (count + dimension)));
    const places = {
      teacher: position('position/teacher', teacher.length),
      student: position('position/student', student.length),
    };

    return (inputs) => {
      const samples = inputs.student[0]!.shape[0];
      const key = tf.stack(
        inputs.student.map((maps, index) => tf.relu(keys[index]!(pooled(maps)))),
        1,
      );
      // [N, student layers, teacher layers, dimension] to [N, teacher layers, student layers, dimension].
      const mixed = tf.transpose(
        tf.reshape(bilinear(tf.reshape(key, [samples * student.length, dimension])), [
          samples,
          student.length,
          teacher.length,
          dimension,
        ]),
        [0, 2, 1, 3],
      );
      const query = tf.stack(
        inputs.teacher.map((maps, index) => queries[index]!(pooled(maps))),
        1,
      );
      const likeness = tf.sum(tf.mul(mixed, tf.expandDims(query, 2)), -1);
      const byPlace = tf.matMul(places.teacher, places.student, false, true);
      const shares = tf.softmax(tf.div(tf.add(likeness, byPlace), Math.sqrt(dimension)));

      const distances = inputs.teacher.map((maps) => {
        const [, height, width] = maps.shape as [number, number, number];
        const target = unitLength(flattened(strength(maps)));
        const ofStudent = inputs.student.map((own) =>
          tf.mean(
            tf.squaredDifference(
              unitLength(flattened(adaptiveAveragePool(strength(own), height, width))),
              target,
            ),
            -1,
          ),
        );
        return tf.stack(ofStudent, 1);
      });
      // [N, teacher layers, student layers].
      return tf.div(tf.sum(tf.mul(shares, tf.stack(distances, 1))), samples);
    };
  },
});

type Embedding = (vectors: tf.Tensor2D) => tf.Tensor;

/** A linear layer and batch normalisation. */
function embedding(name: string, inputs: number, outputs: number, weights: WeightFactory): Embedding {
  const project = linear(name, inputs, outputs, weights);
  const gamma = weights.constant(`${name}/gamma`, [outputs], 1);
  const beta = weights.constant(`${name}/beta`, [outputs], 0);
  return (vectors) => normVectors(project(vectors), gamma, beta);
}

/** The mean of the squared channels, [N, H, W, 1]. */
function strength(maps: tf.Tensor): tf.Tensor4D {
  return tf.mean(tf.square(maps), -1, true);
}
