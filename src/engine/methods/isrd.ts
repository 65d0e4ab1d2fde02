import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { defineMethod } from './method';
import { mapSizes, refuseShapes } from './shapes';

/**
 * The mean absolute difference between the image that the teacher sees and what is rebuilt of it from one of the
 * student's first maps: a 1x1 convolution without bias to factor^2 times the image's channels, which become squares of
 * factor x factor pixels, cut to the image's size, with a learnt slope below zero for each channel (PReLU). Images and
 * rebuilt ones are normalised. The authors hook the student's first convolution before its activation and weigh the
 * term by 50, or by 10 where the student's images have half the size; beside it they use `kd` with weight 0.9 and the
 * task with 0.1.
 */
export const isrd = defineMethod({
  name: 'isrd',
  title: 'Input spatial representation distillation (pixel distillation)',
  summary: "Rebuilds the teacher's larger image from the first maps of a student that sees a smaller one.",
  hooks: 'maps',
  publishedWeight: 50,
  reference: {
    paper:
      'Guo et al.: Pixel Distillation: Cost-flexible Distillation across Image Sizes and Heterogeneous Networks. TPAMI 2024',
    url: 'https://arxiv.org/abs/2112.09532',
    code: 'https://github.com/gyguo/PixelDistillation (lib/models/hrir.py, tools_1_ts/train_isrd_5runs.py)',
  },
  alsoNeeds:
    'As `teacher` the layer that holds its images, `input`; as `student` its first convolution, or a map soon behind it.',
  options: Type.Object({}, { additionalProperties: false }),

  create(_options, shapes, weights) {
    const { student, teacher: image } = mapSizes('isrd', shapes);
    const isImage = image.channels === 1 || image.channels === 3;
    if (!isImage || student.height > image.height || student.width > image.width) {
      refuseShapes(
        "isrd rebuilds the image that the teacher sees (its layer `input`) from a map of the student's that is not larger",
        shapes,
      );
    }
    const factor = Math.max(Math.ceil(image.height / student.height), Math.ceil(image.width / student.width));
    const [height, width] = [student.height * factor, student.width * factor];
    const pixels = factor * image.channels;
    const kernel = weights.uniform(
      'expand/kernel',
      [1, 1, student.channels, factor * pixels],
      student.channels,
    ) as tf.Tensor4D;
    const slope = weights.constant('slope', [image.channels], 0.25);
    return ({ student: maps, teacher: images }) => {
      const samples = images.shape[0];
      const expanded = tf.conv2d(maps as tf.Tensor4D, kernel, 1, 'same');
      // A position's outputs are a square of pixels, row by row: its rows go to rows of the image.
      const rows = tf.transpose(
        tf.reshape(expanded, [samples * student.height, student.width, factor, pixels]),
        [0, 2, 1, 3],
      );
      const whole = tf.reshape(rows, [samples, height, width, image.channels]);
      const cut = tf.slice(whole, [0, 0, 0, 0], [samples, image.height, image.width, image.channels]);
      return tf.mean(tf.abs(tf.sub(tf.prelu(cut, slope), images)));
    };
  },
});
