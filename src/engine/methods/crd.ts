import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { detach } from '../operations/detach';
import { linear } from '../operations/embedding';
import { pooled, unitLength } from '../operations/normalize';
import { defineMethod, type LossInputs, type WeightFactory } from './method';
import { Negatives } from './negatives';

/** Of the denominators. */
const EPSILON = 1e-7;

/**
 * Noise-contrastive estimation in both directions: each model's embedding of a sample is to be close to what the bank
 * remembers of the same sample from the other model, and far from what it remembers of samples of other classes. With
 * P = exp(v . u / temperature) / Z, K negatives of n samples, and noise = K / n:
 * -[log P / (P + noise) + sum over the negatives of log noise / (P + noise)], averaged over the batch. Z is n times the
 * mean of the exponentials in the first batch. The banks follow the embeddings by `momentum`, at unit length. Maps are
 * averaged over their positions.
 */
export const crd = defineMethod({
  name: 'crd',
  title: 'Contrastive representation distillation',
  summary: "Finds a sample's features of one model among those of other samples that the other model made.",
  hooks: 'vectors',
  publishedWeight: 0.8,
  reference: {
    paper: 'Tian et al.: Contrastive Representation Distillation. ICLR 2020',
    url: 'https://arxiv.org/abs/1910.10699',
    code: 'https://github.com/HobbitLong/RepDistiller (crd/criterion.py, crd/memory.py)',
  },
  options: Type.Object(
    {
      dimension: Type.Integer({ minimum: 1, default: 128, description: 'Of the embedding.' }),
      negatives: Type.Integer({
        minimum: 1,
        default: 16384,
        description:
          'Samples of other classes that each sample is told from; drawn with replacement where there are not as many.',
      }),
      temperature: Type.Number({
        // Of what is most alike, exp(1 / temperature) is added up over the training set, in float32.
        minimum: 0.02,
        default: 0.07,
        description: 'Divides the similarities.',
      }),
      momentum: Type.Number({
        minimum: 0,
        exclusiveMaximum: 1,
        default: 0.5,
        description: 'Share of its old embedding that a sample keeps in the bank.',
      }),
    },
    { additionalProperties: false },
  ),
  needs: ['sampleIds'],
  requires: ['trainingLabels'],

  create({ dimension, negatives: count, temperature, momentum }, { student, teacher }, weights, parts) {
    const negatives = new Negatives('crd', parts.trainingLabels);
    const side = (name: string, channels: number): Side =>
      createSide(name, { channels, dimension, rows: negatives.rows }, weights);
    const [ofStudent, ofTeacher] = [side('student', student.at(-1)!), side('teacher', teacher.at(-1)!)];
    // Both are made anew from the first batch; a run that goes on finds them fixed.
    let mayBeUnset = true;

    /** Places among the scores of all rows: of the sample itself, then of its negatives. */
    const draw = (sampleIds: tf.Tensor1D): tf.Tensor2D => {
      const rows = negatives.rowsOf(sampleIds.dataSync());
      const places = new Int32Array(rows.length * (1 + count));
      rows.forEach((row, sample) => {
        const [first, start] = [sample * (1 + count), sample * negatives.rows];
        places[first] = start + row;
        negatives.draw(row, count).forEach((other, index) => (places[first + 1 + index] = start + other));
      });
      return tf.tensor2d(places, [places.length, 1], 'int32');
    };

    /** exp(v . u / temperature) of the embeddings and the other side's bank, [N, 1 + K]. */
    const similarities = (embedded: tf.Tensor2D, bank: tf.Tensor2D, places: tf.Tensor2D): tf.Tensor2D => {
      const scores = pick(tf.matMul<tf.Tensor2D>(embedded, bank, false, true), places);
      return tf.exp(tf.div<tf.Tensor2D>(tf.reshape(scores, [-1, 1 + count]), temperature));
    };
    const fixed = (normalizer: tf.Tensor, raw: tf.Tensor): tf.Tensor =>
      detach(tf.where(tf.less(normalizer, 0), tf.mul(tf.mean(raw), negatives.rows), normalizer));

    const contrast = (raw: tf.Tensor2D, normalizer: tf.Tensor): tf.Tensor => {
      const noise = count / negatives.rows;
      const likely = tf.div(raw, fixed(normalizer, raw));
      const [own, others] = tf.split(likely, [1, count], 1) as [tf.Tensor, tf.Tensor];
      const right = tf.log(tf.div(own, tf.add(own, noise + EPSILON)));
      const wrong = tf.log(tf.div(noise, tf.add(others, noise + EPSILON)));
      return tf.neg(tf.div(tf.add(tf.sum(right), tf.sum(wrong)), raw.shape[0]));
    };

    return {
      loss(inputs: LossInputs) {
        const places = draw(inputs.sampleIds!);
        const ofOne = (one: Side, other: Side, features: tf.Tensor): tf.Tensor =>
          contrast(similarities(one.embed(features), other.bank, places), one.normalizer);
        return tf.add<tf.Scalar>(
          ofOne(ofStudent, ofTeacher, inputs.student),
          ofOne(ofTeacher, ofStudent, inputs.teacher),
        );
      },
      remember(inputs: LossInputs) {
        const embedded = {
          student: ofStudent.embed(inputs.student),
          teacher: ofTeacher.embed(inputs.teacher),
        };
        const fix = (one: Side, other: Side, vectors: tf.Tensor2D, places: tf.Tensor2D): void => {
          one.normalizer.assign(fixed(one.normalizer, similarities(vectors, other.bank, places)));
        };
        if (mayBeUnset) {
          const places = draw(inputs.sampleIds!);
          fix(ofStudent, ofTeacher, embedded.student, places);
          fix(ofTeacher, ofStudent, embedded.teacher, places);
          mayBeUnset = false;
        }
        const rows = tf.tensor1d(negatives.rowsOf(inputs.sampleIds!.dataSync()), 'int32');
        follow(ofStudent.bank, rows, embedded.student, momentum);
        follow(ofTeacher.bank, rows, embedded.teacher, momentum);
      },
    };
  },
});

/** What the method has of one model. */
interface Side {
  embed(features: tf.Tensor): tf.Tensor2D;
  /** The embeddings of all training samples as they were last seen, [rows, dimension]. */
  readonly bank: tf.Variable<tf.Rank.R2>;
  /** Z of the samples of this side; -1 before the first batch. */
  readonly normalizer: tf.Variable;
}

function createSide(
  name: string,
  size: { readonly channels: number; readonly dimension: number; readonly rows: number },
  weights: WeightFactory,
): Side {
  const project = linear(name, size.channels, size.dimension, weights);
  const bound = Math.sqrt(3 / size.dimension);
  return {
    embed: (features) => unitLength(project(pooled(features))) as tf.Tensor2D,
    bank: weights.state(
      `bank/${name}`,
      [size.rows, size.dimension],
      (random) => bound * (2 * random() - 1),
    ) as tf.Variable<tf.Rank.R2>,
    normalizer: weights.state(`normalizer/${name}`, [], () => -1),
  };
}

/** Moves rows of a bank towards new embeddings, at unit length. */
function follow(bank: tf.Variable, rows: tf.Tensor1D, embedded: tf.Tensor2D, momentum: number): void {
  const old = tf.gather(bank, rows);
  const moved = unitLength(tf.add(tf.mul(old, momentum), tf.mul(embedded, 1 - momentum)));
  bank.assign(tf.tensorScatterUpdate(bank, tf.reshape(rows, [-1, 1]), moved));
}

/**
 * Entries of a matrix by their places in its rows laid end to end, [count, 1]. `tf.gather` has a gradient that
 * WebAssembly cannot compute.
 */
function pick(matrix: tf.Tensor2D, places: tf.Tensor2D): tf.Tensor1D {
  return tf.customGrad((given, save) => {
    const flat: tf.Tensor1D = tf.reshape(given as tf.Tensor, [-1]);
    (save as tf.GradSaveFunc)([places]);
    return {
      value: tf.gather(flat, tf.reshape(places, [-1])),
      gradFunc: (dy, saved) => tf.reshape(tf.scatterND(saved[0]!, dy, [matrix.size]), matrix.shape),
    };
  })(matrix) as tf.Tensor1D;
}
