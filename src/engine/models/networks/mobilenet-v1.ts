import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { defineNetwork, type BuilderArgs } from '../network';
import { batchNorm, conv, depthwiseConv, globalAveragePool, head, input, relu } from './blocks';

/** Filters and stride of each depthwise separable block; `end` names the activation that ends a stage. */
const blocks: readonly { filters: number; stride: number; end?: string }[] = [
  { filters: 64, stride: 1 },
  { filters: 128, stride: 2 },
  { filters: 128, stride: 1, end: 'stage1' },
  { filters: 256, stride: 2 },
  { filters: 256, stride: 1, end: 'stage2' },
  { filters: 512, stride: 2 },
  { filters: 512, stride: 1 },
  { filters: 512, stride: 1 },
  { filters: 512, stride: 1 },
  { filters: 512, stride: 1 },
  { filters: 512, stride: 1, end: 'stage3' },
  { filters: 1024, stride: 2 },
  { filters: 1024, stride: 1, end: 'stage4' },
];

function build(args: BuilderArgs & { readonly widthMultiplier: number }): tf.LayersModel {
  const scaled = (filters: number): number => Math.max(1, Math.round(filters * args.widthMultiplier));
  const inputs = input(args);
  let x = conv(inputs, 'stem_conv', { filters: scaled(32), kernel: 3, stride: 2 });
  x = relu(batchNorm(x, 'stem_bn'), 'stem');
  blocks.forEach(({ filters, stride, end }, index) => {
    const name = `block${index}`;
    x = depthwiseConv(x, `${name}_depthwise`, { kernel: 3, stride });
    x = relu(batchNorm(x, `${name}_bn1`), `${name}_relu1`);
    x = conv(x, `${name}_pointwise`, { filters: scaled(filters), kernel: 1 });
    x = relu(batchNorm(x, `${name}_bn2`), end ?? `${name}_relu2`);
  });
  return tf.model({ inputs, outputs: head(globalAveragePool(x), args.classes, 'uniform') });
}

export const mobileNetV1 = defineNetwork({
  name: 'mobilenet-v1',
  summary: 'MobileNet V1 for images of 224 px; stages 1 to 4 are as large as those of the ResNets',
  reference: {
    paper:
      'Howard et al., MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications, 2017, table 1',
    url: 'https://arxiv.org/abs/1704.04861',
    code: 'megvii-research/mdistiller mdistiller/models/imagenet/mobilenetv1.py',
  },
  args: Type.Object(
    {
      widthMultiplier: Type.Number({
        exclusiveMinimum: 0,
        default: 1,
        description: 'Multiplies all channels.',
      }),
    },
    { additionalProperties: false },
  ),
  stages: ['stage1', 'stage2', 'stage3', 'stage4'],
  inputShape: [224, 224, 3],
  classes: 1000,
  parameters: 4_231_976,
  build,
});
