import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { defineNetwork, type BuilderArgs } from '../network';
import {
  add,
  batchNorm,
  channels,
  conv,
  depthwiseConv,
  globalAveragePool,
  head,
  input,
  relu,
  relu6,
  type Tensor,
} from './blocks';

/** What the versions for large and small images differ in. */
interface Version {
  readonly activation: (x: Tensor, name: string) => Tensor;
  /** Channels of the network for those of the table. */
  readonly scale: (filters: number) => number;
  /** Stride of the second group of blocks. */
  readonly secondStride: number;
  /** Whether a block that does not widen still starts with its 1x1 convolution. */
  readonly alwaysExpands: boolean;
  readonly dropout: number;
}

/** Table 2 of the paper: expansion, channels, blocks, stride; `stage` where a group ends a stage. */
const groups: readonly {
  expansion: number;
  filters: number;
  blocks: number;
  stride: number;
  stage?: string;
}[] = [
  { expansion: 1, filters: 16, blocks: 1, stride: 1 },
  { expansion: 6, filters: 24, blocks: 2, stride: 2, stage: 'stage1' },
  { expansion: 6, filters: 32, blocks: 3, stride: 2, stage: 'stage2' },
  { expansion: 6, filters: 64, blocks: 4, stride: 2 },
  { expansion: 6, filters: 96, blocks: 3, stride: 1, stage: 'stage3' },
  { expansion: 6, filters: 160, blocks: 3, stride: 2 },
  { expansion: 6, filters: 320, blocks: 1, stride: 1, stage: 'stage4' },
];

function build(args: BuilderArgs, last: number, version: Version): tf.LayersModel {
  const { activation, scale } = version;
  const inputs = input(args);
  let x = conv(inputs, 'stem_conv', { filters: scale(32), kernel: 3, stride: 2 });
  x = activation(batchNorm(x, 'stem_bn'), 'stem');
  groups.forEach(({ expansion, filters, blocks, stride, stage }, group) => {
    for (let index = 0; index < blocks; index++) {
      const groupStride = group === 1 ? version.secondStride : stride;
      x = invertedResidual(x, `group${group}_block${index}`, version, {
        expansion,
        filters: scale(filters),
        stride: index === 0 ? groupStride : 1,
        end: index === blocks - 1 ? stage : undefined,
      });
    }
  });
  x = activation(batchNorm(conv(x, 'last_conv', { filters: last, kernel: 1 }), 'last_bn'), 'last');
  x = globalAveragePool(x);
  if (version.dropout > 0)
    x = tf.layers.dropout({ name: 'dropout', rate: version.dropout }).apply(x) as Tensor;
  return tf.model({ inputs, outputs: head(x, args.classes, 'normal, no bias') });
}

/** Widen, filter each channel, narrow without an activation; added to the input where both are alike. */
function invertedResidual(
  x: Tensor,
  name: string,
  { activation, alwaysExpands }: Version,
  options: { expansion: number; filters: number; stride: number; end: string | undefined },
): Tensor {
  const { expansion, filters, stride, end } = options;
  let y = x;
  if (expansion > 1 || alwaysExpands) {
    y = conv(y, `${name}_expand`, { filters: expansion * channels(x), kernel: 1 });
    y = activation(batchNorm(y, `${name}_bn1`), `${name}_relu1`);
  }
  y = depthwiseConv(y, `${name}_depthwise`, { kernel: 3, stride });
  y = activation(batchNorm(y, `${name}_bn2`), `${name}_relu2`);
  y = conv(y, `${name}_project`, { filters, kernel: 1 });
  const adds = stride === 1 && channels(x) === filters;
  y = batchNorm(y, adds ? `${name}_bn3` : (end ?? `${name}_bn3`));
  return adds ? add([y, x], end ?? `${name}_add`) : y;
}

/** The nearest multiple of 8 that takes away no more than a tenth, as in TensorFlow's own models. */
function multipleOf8(size: number): number {
  const nearest = Math.max(8, Math.floor((size + 4) / 8) * 8);
  return nearest < 0.9 * size ? nearest + 8 : nearest;
}

const paper = {
  paper: 'Sandler et al., MobileNetV2: Inverted Residuals and Linear Bottlenecks, CVPR 2018',
  url: 'https://arxiv.org/abs/1801.04381',
};
const widthMultiplier = (value: number) =>
  Type.Number({
    exclusiveMinimum: 0,
    default: value,
    description: 'Multiplies the channels; the last convolution has at least 1280.',
  });
const stages = ['stage1', 'stage2', 'stage3', 'stage4'];

export const mobileNetV2 = defineNetwork({
  name: 'mobilenet-v2',
  summary: 'MobileNet V2 for images of 224 px, as in torchvision; stages end without an activation',
  reference: { ...paper, code: 'pytorch/vision torchvision/models/mobilenetv2.py' },
  args: Type.Object(
    {
      widthMultiplier: widthMultiplier(1),
      dropout: Type.Number({
        minimum: 0,
        exclusiveMaximum: 1,
        default: 0.2,
        description: 'Share of the pooled values dropped before the classifier.',
      }),
    },
    { additionalProperties: false },
  ),
  stages,
  inputShape: [224, 224, 3],
  classes: 1000,
  parameters: 3_504_872,
  build: (args) =>
    build(args, multipleOf8(1280 * Math.max(1, args.widthMultiplier)), {
      activation: relu6,
      scale: (filters) => multipleOf8(filters * args.widthMultiplier),
      secondStride: 2,
      alwaysExpands: false,
      dropout: args.dropout,
    }),
});

export const mobileNetV2Cifar = defineNetwork({
  name: 'mobilenet-v2-cifar',
  summary:
    'MobileNet V2 of half the width for small images, as in RepDistiller; stages end without an activation',
  reference: { ...paper, code: 'HobbitLong/RepDistiller models/mobilenetv2.py' },
  args: Type.Object({ widthMultiplier: widthMultiplier(0.5) }, { additionalProperties: false }),
  stages,
  inputShape: [32, 32, 3],
  classes: 100,
  parameters: 812_836,
  build: (args) =>
    build(args, Math.floor(1280 * Math.max(1, args.widthMultiplier)), {
      activation: relu,
      scale: (filters) => Math.max(1, Math.floor(filters * args.widthMultiplier)),
      secondStride: 1,
      alwaysExpands: true,
      dropout: 0,
    }),
});
