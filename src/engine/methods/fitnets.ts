import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { batchNormTrain } from '../backends/kernels';
import { defineMethod, type WeightFactory } from './method';
import { mapSizes, refuseShapes, type MapSize } from './shapes';

const epsilon = 1e-5;

/**
 * The mean square between the teacher's map and a regression of the student's: convolution, batch
 * normalisation, ReLU. The convolution also brings the student's map to the teacher's size. One stage, as in
 * mdistiller and RepDistiller, with their regressor and PyTorch's initial weights: gamma 1, beta 0.
 */
export const fitnets = defineMethod({
  name: 'fitnets',
  title: 'FitNets (hints)',
  summary: "Makes the teacher's map a regression target for the student's.",
  hooks: 'maps',
  publishedWeight: 100,
  reference: {
    paper: 'Romero et al.: FitNets: Hints for Thin Deep Nets. ICLR 2015',
    url: 'https://arxiv.org/abs/1412.6550',
    code: 'https://github.com/megvii-research/mdistiller (mdistiller/distillers/FitNet.py, _common.py)',
  },
  options: Type.Object({}, { additionalProperties: false }),

  create(_options, shapes, weights) {
    const { student, teacher } = mapSizes('fitnets', shapes);
    const resize = resizing(student, teacher, weights);
    if (!resize) {
      refuseShapes(
        "fitnets needs a student's map that is as large as the teacher's or larger, or of exactly half its size",
        shapes,
      );
    }
    const bias = weights.uniform('regressor/bias', [teacher.channels], resize.fanIn);
    const gamma = weights.constant('regressor/gamma', [teacher.channels], 1);
    const beta = weights.constant('regressor/beta', [teacher.channels], 0);
    return (inputs) => {
      const maps = tf.add(resize.convolve(inputs.student as tf.Tensor4D), bias);
      return tf.mean(
        tf.squaredDifference(tf.relu(batchNormTrain(maps, gamma, beta, epsilon)), inputs.teacher),
      );
    };
  },
});

interface Resizing {
  convolve(maps: tf.Tensor4D): tf.Tensor;
  /** As PyTorch counts it; it bounds the initial bias. */
  readonly fanIn: number;
}

/** The convolution that turns the student's map into one of the teacher's size; undefined if none does. */
function resizing(student: MapSize, teacher: MapSize, weights: WeightFactory): Resizing | undefined {
  const ratio = (factor: number): boolean =>
    student.height * factor === teacher.height && student.width * factor === teacher.width;
  const kernel = (height: number, width: number): { kernel: tf.Tensor4D; fanIn: number } => {
    const fanIn = height * width * student.channels;
    const shape = [height, width, student.channels, teacher.channels];
    return { kernel: weights.uniform('regressor/kernel', shape, fanIn) as tf.Tensor4D, fanIn };
  };

  if (ratio(1 / 2)) {
    const { kernel: halving, fanIn } = kernel(3, 3);
    // PyTorch pads both sides; `same` would pad the far side alone.
    const padded = (maps: tf.Tensor4D): tf.Tensor4D =>
      tf.pad(maps, [
        [0, 0],
        [1, 1],
        [1, 1],
        [0, 0],
      ]);
    return { fanIn, convolve: (maps) => tf.conv2d(padded(maps), halving, 2, 'valid') };
  }
  if (ratio(2)) {
    // A transposed kernel is [height, width, out, in], and PyTorch takes its fan in from the outputs.
    const fanIn = 4 * 4 * teacher.channels;
    const doubling = weights.uniform('regressor/kernel', [4, 4, teacher.channels, student.channels], fanIn);
    return {
      fanIn,
      convolve: (maps) =>
        tf.conv2dTranspose(
          maps,
          doubling as tf.Tensor4D,
          [maps.shape[0], teacher.height, teacher.width, teacher.channels],
          2,
          'same',
        ),
    };
  }
  const cut = { height: student.height - teacher.height, width: student.width - teacher.width };
  if (cut.height < 0 || cut.width < 0) return undefined;
  const { kernel: cutting, fanIn } = kernel(1 + cut.height, 1 + cut.width);
  return { fanIn, convolve: (maps) => tf.conv2d(maps, cutting, 1, 'valid') };
}
