import * as tf from '@tensorflow/tfjs';
import type { AdapterName } from '../../recipe/schema';
import { linear, pointwise } from '../operations/embedding';
import { adaptiveAveragePool, resizeBilinear } from '../operations/resample';
import type { Shape, WeightFactory } from '../methods/method';

/** What brings the student's features to the shape of the teacher's, in front of a method. */
export interface Adapter {
  readonly name: AdapterName;
  /** For the reader: what it does to these shapes. */
  describe(from: Shape, to: Shape): string;
  /** Whether it can bring one shape to the other. */
  fits(from: Shape, to: Shape): boolean;
  /** Makes its weights, named `adapter/…`, and gives what it computes. */
  create(from: Shape, to: Shape, weights: WeightFactory): (features: tf.Tensor) => tf.Tensor;
}

const isMap = (shape: Shape): boolean => shape.length === 4;
const sameArea = (from: Shape, to: Shape): boolean => from[1] === to[1] && from[2] === to[2];
const area = ([, height, width]: Shape): string => `${height} x ${width}`;
const channels = (shape: Shape): number => shape.at(-1)!;
const channelsText = (from: Shape, to: Shape): string => `${channels(from)} to ${channels(to)} channels`;

/** How often one size goes into another along both axes; undefined where it does not go in evenly. */
function ratio(small: Shape, large: Shape): number | undefined {
  const [height, width] = [large[1]! / small[1]!, large[2]! / small[2]!];
  return height === width && Number.isInteger(height) && height > 1 ? height : undefined;
}

/** A 1x1 convolution where the channels differ. */
function alignChannels(from: Shape, to: Shape, weights: WeightFactory): (maps: tf.Tensor) => tf.Tensor {
  if (channels(from) === channels(to)) return (maps) => maps;
  return pointwise('adapter', channels(from), channels(to), weights);
}

function alsoChannels(from: Shape, to: Shape): string {
  return channels(from) === channels(to) ? '' : `, then 1x1 convolution, ${channelsText(from, to)}`;
}

/** A 3x3 convolution with bias from channels to channels, as PyTorch starts it. */
function convolution3x3(
  from: Shape,
  to: Shape,
  stride: number,
  weights: WeightFactory,
): (maps: tf.Tensor) => tf.Tensor {
  const fanIn = 9 * channels(from);
  const kernel = weights.uniform('adapter/kernel', [3, 3, channels(from), channels(to)], fanIn);
  const bias = weights.uniform('adapter/bias', [channels(to)], fanIn);
  return (maps) => tf.add(tf.conv2d(maps as tf.Tensor4D, kernel as tf.Tensor4D, stride, 'same'), bias);
}

/** All adapters; `auto` takes the first that fits. */
export const adapters: readonly Adapter[] = [
  {
    name: 'conv1x1',
    describe: (from, to) => `1x1 convolution, ${channelsText(from, to)}`,
    fits: (from, to) => isMap(from) && isMap(to) && sameArea(from, to),
    create: (from, to, weights) => pointwise('adapter', channels(from), channels(to), weights),
  },
  {
    name: 'pool',
    describe: (from, to) => `average pooling from ${area(from)} to ${area(to)}${alsoChannels(from, to)}`,
    fits: (from, to) => isMap(from) && isMap(to) && from[1]! >= to[1]! && from[2]! >= to[2]!,
    create: (from, to, weights) => {
      const align = alignChannels(from, to, weights);
      return (maps) => align(adaptiveAveragePool(maps as tf.Tensor4D, to[1]!, to[2]!));
    },
  },
  {
    name: 'bilinear',
    describe: (from, to) => `bilinear resizing from ${area(from)} to ${area(to)}${alsoChannels(from, to)}`,
    fits: (from, to) => isMap(from) && isMap(to),
    create: (from, to, weights) => {
      const align = alignChannels(from, to, weights);
      // In this order the convolution has the fewer positions where the map grows.
      return (maps) => resizeBilinear(align(maps) as tf.Tensor4D, to[1]!, to[2]!);
    },
  },
  {
    name: 'linear',
    describe: (from, to) => `linear layer, ${channelsText(from, to)}`,
    fits: (from, to) => from.length === 2 && to.length === 2,
    create: (from, to, weights) => {
      const project = linear('adapter', channels(from), channels(to), weights);
      return (vectors) => project(vectors as tf.Tensor2D);
    },
  },
  {
    name: 'conv3x3',
    describe: (from, to) => `3x3 convolution, ${channelsText(from, to)}`,
    fits: (from, to) => isMap(from) && isMap(to) && sameArea(from, to),
    create: (from, to, weights) => convolution3x3(from, to, 1, weights),
  },
  {
    name: 'strided',
    describe: (from, to) => `3x3 convolution with stride ${ratio(to, from)}, ${channelsText(from, to)}`,
    fits: (from, to) => isMap(from) && isMap(to) && ratio(to, from) !== undefined,
    create: (from, to, weights) => convolution3x3(from, to, ratio(to, from)!, weights),
  },
  {
    name: 'transposed',
    describe: (from, to) =>
      `transposed convolution with stride ${ratio(from, to)}, ${channelsText(from, to)}`,
    fits: (from, to) => isMap(from) && isMap(to) && ratio(from, to) !== undefined,
    create: (from, to, weights) => {
      const stride = ratio(from, to)!;
      const side = 2 * stride;
      // A transposed kernel is [height, width, out, in], and PyTorch takes its fan in from the outputs.
      const fanIn = side * side * channels(to);
      const shape = [side, side, channels(to), channels(from)];
      const kernel = weights.uniform('adapter/kernel', shape, fanIn) as tf.Tensor4D;
      const bias = weights.uniform('adapter/bias', [channels(to)], fanIn);
      return (maps) => {
        const size: [number, number, number, number] = [maps.shape[0], to[1]!, to[2]!, channels(to)];
        return tf.add(tf.conv2dTranspose(maps as tf.Tensor4D, kernel, size, stride, 'same'), bias);
      };
    },
  },
];
