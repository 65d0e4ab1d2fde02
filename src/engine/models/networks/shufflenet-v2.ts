import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { defineNetwork, type BuilderArgs } from '../network';
import {
  batchNorm,
  channels,
  conv,
  depthwiseConv,
  globalAveragePool,
  head,
  input,
  maxPool3,
  relu,
  type Tensor,
} from './blocks';

type Width = 0.5 | 1 | 1.5 | 2;

/** Table 5 of the paper: channels of stages 2 to 4 and of the last convolution. */
const widths: Readonly<Record<Width, readonly [number, number, number, number]>> = {
  0.5: [48, 96, 192, 1024],
  1: [116, 232, 464, 1024],
  1.5: [176, 352, 704, 1024],
  2: [244, 488, 976, 2048],
};
const blocks = [4, 8, 4];

/** `stem` gives the activation `stage1`. */
function build(
  args: BuilderArgs & { readonly widthMultiplier: Width },
  stem: (x: Tensor) => Tensor,
): tf.LayersModel {
  const inputs = input(args);
  const [second, third, fourth, last] = widths[args.widthMultiplier];
  let x = stem(inputs);
  [second, third, fourth].forEach((filters, index) => {
    const stage = `stage${index + 2}`;
    const count = blocks[index]!;
    for (let block = 0; block < count; block++) {
      const name = `${stage}_block${block}`;
      const end = block === count - 1 ? stage : `${name}_shuffle`;
      x = block === 0 ? downUnit(x, name, filters, end) : unit(x, name, end);
    }
  });
  x = conv(x, 'last_conv', { filters: last, kernel: 1 });
  x = relu(batchNorm(x, 'last_bn'), 'last');
  return tf.model({ inputs, outputs: head(globalAveragePool(x), args.classes, 'uniform') });
}

/** Half of the channels pass, the other half is transformed (figure 3c). */
function unit(x: Tensor, name: string, end: string): Tensor {
  const half = channels(x) / 2;
  const [passed, transformed] = splitChannels(x, name);
  return concatAndShuffle(passed, branch(transformed, name, half, 1), name, end);
}

/** Both branches see all channels and halve the size of the map (figure 3d). */
function downUnit(x: Tensor, name: string, filters: number, end: string): Tensor {
  const half = filters / 2;
  let left = depthwiseConv(x, `${name}_left_depthwise`, { kernel: 3, stride: 2 });
  left = batchNorm(left, `${name}_left_bn1`);
  left = conv(left, `${name}_left_pointwise`, { filters: half, kernel: 1 });
  left = relu(batchNorm(left, `${name}_left_bn2`), `${name}_left_relu`);
  return concatAndShuffle(left, branch(x, name, half, 2), name, end);
}

function branch(x: Tensor, name: string, filters: number, stride: number): Tensor {
  let y = conv(x, `${name}_pointwise1`, { filters, kernel: 1 });
  y = relu(batchNorm(y, `${name}_bn1`), `${name}_relu1`);
  y = batchNorm(depthwiseConv(y, `${name}_depthwise`, { kernel: 3, stride }), `${name}_bn2`);
  y = conv(y, `${name}_pointwise2`, { filters, kernel: 1 });
  return relu(batchNorm(y, `${name}_bn3`), `${name}_relu2`);
}

/** The first and the second half of the channels, by stock layers: as two columns of a map, one cropped away. */
function splitChannels(x: Tensor, name: string): [Tensor, Tensor] {
  const [, height, width, depth] = x.shape as [null, number, number, number];
  const columns = reshape(x, `${name}_split`, [height * width, 2, depth / 2]);
  const column = (side: 'first' | 'second', cropping: [number, number]): Tensor => {
    const layer = tf.layers.cropping2D({ name: `${name}_split_${side}`, cropping: [[0, 0], cropping] });
    return reshape(layer.apply(columns) as Tensor, `${name}_${side}_half`, [height, width, depth / 2]);
  };
  return [column('first', [0, 1]), column('second', [1, 0])];
}

/** Channels of both, alternating. */
function concatAndShuffle(first: Tensor, second: Tensor, name: string, end: string): Tensor {
  const [, height, width, half] = first.shape as [null, number, number, number];
  const both = tf.layers.concatenate({ name: `${name}_concat` }).apply([first, second]) as Tensor;
  const rows = reshape(both, `${name}_rows`, [height * width, 2, half]);
  const turned = tf.layers.permute({ name: `${name}_turn`, dims: [1, 3, 2] }).apply(rows) as Tensor;
  return reshape(turned, end, [height, width, 2 * half]);
}

function reshape(x: Tensor, name: string, targetShape: number[]): Tensor {
  return tf.layers.reshape({ name, targetShape }).apply(x) as Tensor;
}

const shared = {
  reference: {
    paper: 'Ma et al., ShuffleNet V2: Practical Guidelines for Efficient CNN Architecture Design, ECCV 2018',
    url: 'https://arxiv.org/abs/1807.11164',
  },
  args: Type.Object(
    {
      widthMultiplier: Type.Union([Type.Literal(0.5), Type.Literal(1), Type.Literal(1.5), Type.Literal(2)], {
        default: 1,
        description: 'One of the four widths of the paper.',
      }),
    },
    { additionalProperties: false },
  ),
  stages: ['stage1', 'stage2', 'stage3', 'stage4'],
};

export const shuffleNetV2 = defineNetwork({
  ...shared,
  name: 'shufflenet-v2',
  summary: 'ShuffleNet V2 for images of 224 px, as in torchvision',
  reference: { ...shared.reference, code: 'pytorch/vision torchvision/models/shufflenetv2.py' },
  inputShape: [224, 224, 3],
  classes: 1000,
  parameters: 2_278_604,
  build: (args) =>
    build(args, (x) => {
      const y = conv(x, 'stem_conv', { filters: 24, kernel: 3, stride: 2 });
      return maxPool3(relu(batchNorm(y, 'stem_bn'), 'stem_relu'), 'stage1');
    }),
});

export const shuffleNetV2Cifar = defineNetwork({
  ...shared,
  name: 'shufflenet-v2-cifar',
  summary: 'ShuffleNet V2 for small images, as in RepDistiller: its stem keeps the size of the image',
  reference: { ...shared.reference, code: 'HobbitLong/RepDistiller models/ShuffleNetv2.py' },
  inputShape: [32, 32, 3],
  classes: 100,
  parameters: 1_355_528,
  build: (args) =>
    build(args, (x) =>
      relu(batchNorm(conv(x, 'stem_conv', { filters: 24, kernel: 1 }), 'stem_bn'), 'stage1'),
    ),
});
