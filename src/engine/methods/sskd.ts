import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { detach } from '../operations/detach';
import { linear } from '../operations/embedding';
import { pooled, unitLength } from '../operations/normalize';
import { defineMethod, type WeightFactory } from './method';

/** Views of each image: upright, and turned by 90, 180 and 270 degrees. */
const VIEWS = 4;

const temperature = (standard: number, of: string) =>
  Type.Number({ exclusiveMinimum: 0, default: standard, description: `Softens ${of}.` });
const weight = (standard: number, of: string) =>
  Type.Number({ minimum: 0, default: standard, description: `Weight of ${of}.` });
const kept = (standard: number, description: string) =>
  Type.Number({ minimum: 0, maximum: 1, default: standard, description });

/**
 * Two terms on images that are turned, added up with their weights. First: which upright image of the batch a turned
 * one belongs to, as cosine similarities of what a head of two linear layers makes of the features; the student's,
 * softened, follow the teacher's (divergence times T^2). Second: the classes of turned images, likewise. Of those that
 * the teacher gets wrong, in either task, only a share is kept: where it ranks the truth highest. The teacher's head
 * is taught beforehand to find the right image, by cross-entropy. The authors' loss also has 0.9 times `kd` on the
 * upright images and 0.1 times the task's loss.
 */
export const sskd = defineMethod({
  name: 'sskd',
  title: 'Self-supervision',
  summary: 'Matches how the teacher relates turned images to upright ones, and how it classifies them.',
  hooks: 'vectors',
  publishedWeight: 1,
  needs: ['labels', 'logits'],
  views: 'rotations',
  reference: {
    paper: 'Xu et al.: Knowledge Distillation Meets Self-Supervision. ECCV 2020',
    url: 'https://arxiv.org/abs/2006.07114',
    code: 'https://github.com/xuguodong03/SSKD (student.py, wrapper.py)',
  },
  alsoNeeds:
    'A stage before the others with `"pretrain": true` (train.stages), which teaches the head on the teacher.',
  options: Type.Object(
    {
      similarityWeight: weight(10, 'the similarities'),
      similarityTemperature: temperature(0.5, 'the similarities'),
      similarityKept: kept(
        0.75,
        'Share of the turned images that count of those that the teacher misplaces.',
      ),
      classWeight: weight(2.7, "the turned images' classes"),
      classTemperature: temperature(4, "the turned images' classes"),
      classKept: kept(1, 'Share of the turned images that count of those that the teacher misclassifies.'),
    },
    { additionalProperties: false },
  ),

  create(options, shapes, weights) {
    const ofStudent = similarities('student', shapes.student.at(-1)!, weights);
    const ofTeacher = similarities('teacher', shapes.teacher.at(-1)!, weights);
    return {
      loss({ student, teacher, labels, logits }) {
        const count = labels!.size;
        const relations = followTeacher(
          { student: ofStudent(student), teacher: detach(ofTeacher(teacher)) },
          places(count),
          options.similarityTemperature,
          options.similarityKept,
        );
        const classes = followTeacher(
          { student: turned(logits!.student, count), teacher: turned(logits!.teacher, count) },
          tf.tile(labels!, [VIEWS - 1]),
          options.classTemperature,
          options.classKept,
        );
        return tf.add(tf.mul(relations, options.similarityWeight), tf.mul(classes, options.classWeight));
      },
      pretraining({ teacher }) {
        const found = ofTeacher(teacher);
        return tf.neg(tf.mean<tf.Scalar>(ofTruth(tf.logSoftmax(found), places(found.shape[1]))));
      },
    };
  },
});

/** The cosine of each turned image with each upright one, [3 N, N], behind a head with weights of its own. */
function similarities(
  name: string,
  width: number,
  weights: WeightFactory,
): (features: tf.Tensor) => tf.Tensor2D {
  const first = linear(`${name}1`, width, width, weights);
  const second = linear(`${name}2`, width, width, weights);
  return (features) => {
    const vectors = unitLength(second(tf.relu(first(pooled(features))))) as tf.Tensor2D;
    const count = vectors.shape[0] / VIEWS;
    const upright = tf.slice(vectors, 0, count);
    return tf.matMul(turned(vectors, count), upright, false, true);
  };
}

/** The rows of images that are turned, which stand behind those of the upright ones. */
function turned(rows: tf.Tensor2D, count: number): tf.Tensor2D {
  return tf.slice(rows, count);
}

/** For each turned image the place of its upright one. */
function places(count: number): tf.Tensor1D {
  return tf.tile(tf.range(0, count, 1, 'int32'), [VIEWS - 1]);
}

/**
 * T^2 times the divergence of the student's softened rows from the teacher's: the mean over the rows where the teacher
 * ranks the truth first, and over the given share of the others, best ranks first.
 */
function followTeacher(
  { student, teacher }: { readonly student: tf.Tensor2D; readonly teacher: tf.Tensor2D },
  truth: tf.Tensor1D,
  temperature: number,
  share: number,
): tf.Scalar {
  const counts = countingRows(teacher, truth, share);
  const studentLog = tf.logSoftmax(tf.div(student, temperature));
  const teacherLog = tf.logSoftmax(tf.div(teacher, temperature));
  const divergences = tf.sum(tf.mul(tf.exp(teacherLog), tf.sub(teacherLog, studentLog)), -1);
  const sum = tf.sum(tf.mul(divergences, counts));
  return tf.mul(tf.div(sum, tf.maximum(tf.sum(counts), 1)), temperature ** 2);
}

/** The entry of each row [rows, choices] that the truth names. No `oneHot`, which wants two choices. */
function ofTruth(values: tf.Tensor2D, truth: tf.Tensor1D): tf.Tensor {
  const choices = tf.range(0, values.shape[1], 1, 'int32');
  const isTrue = tf.equal(tf.reshape(truth, [-1, 1]), tf.reshape(choices, [1, -1]));
  return tf.sum(tf.mul(values, tf.cast(isTrue, 'float32')), -1);
}

/** 1 for each row that counts, 0 for the others. */
function countingRows(teacher: tf.Tensor2D, truth: tf.Tensor1D, share: number): tf.Tensor1D {
  const rows = teacher.shape[0];
  const better = tf.greater(teacher, tf.reshape(ofTruth(teacher, truth), [rows, 1]));
  const rank = tf.sum<tf.Tensor1D>(tf.cast(better, 'float32'), -1);
  const wrong = tf.sum(tf.cast(tf.greater(rank, 0), 'float32'));
  const keep = tf.add(tf.sub(rows, wrong), tf.floor(tf.mul(wrong, share)));
  // Of equal ranks the first row comes first.
  const order = tf.add(tf.mul(rank, rows), tf.range(0, rows));
  const before = tf.less(tf.reshape(order, [1, rows]), tf.reshape(order, [rows, 1]));
  const place = tf.sum<tf.Tensor1D>(tf.cast(before, 'float32'), -1);
  return tf.cast(tf.less<tf.Tensor1D>(place, keep), 'float32');
}
