import * as tf from '@tensorflow/tfjs';
import { batchNormTrain } from '../backends/kernels';
import { refuseShapes, type MapSize, type ShapePair } from '../methods/shapes';
import type { WeightFactory } from '../methods/method';
import { NORM_EPSILON } from './embedding';

/**
 * The regressor of mdistiller and RepDistiller: a convolution with bias that brings the student's map to the teacher's
 * size and channels, then batch normalisation. Weights: `regressor/kernel`, `/bias`, `/gamma` (1), `/beta` (0), as
 * PyTorch starts them. Throws `ShapeError` where no such convolution exists.
 */
export function regressor(
  method: string,
  shapes: ShapePair,
  { student, teacher }: { readonly student: MapSize; readonly teacher: MapSize },
  weights: WeightFactory,
): (maps: tf.Tensor) => tf.Tensor {
  const resize = resizing(student, teacher, weights);
  if (!resize) {
    refuseShapes(
      `${method} needs a student's map that is as large as the teacher's or larger, or of exactly half its size`,
      shapes,
    );
  }
  const bias = weights.uniform('regressor/bias', [teacher.channels], resize.fanIn);
  const gamma = weights.constant('regressor/gamma', [teacher.channels], 1);
  const beta = weights.constant('regressor/beta', [teacher.channels], 0);
  return (maps) => {
    const resized: tf.Tensor4D = tf.add(resize.convolve(maps as tf.Tensor4D), bias);
    return batchNormTrain(resized, gamma, beta, NORM_EPSILON);
  };
}

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
