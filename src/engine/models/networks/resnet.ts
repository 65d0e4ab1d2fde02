import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { defineNetwork, type BuilderArgs, type NetworkDefinition } from '../network';
import { batchNorm, conv, globalAveragePool, head, input, maxPool3, relu } from './blocks';
import { basicBlock, bottleneck, residualStage, type ResidualBlock } from './residual';

interface Variant {
  readonly name: string;
  readonly block: ResidualBlock;
  /** Blocks of the four stages. */
  readonly blocks: readonly number[];
  readonly parameters: number;
}

const variants: readonly Variant[] = [
  { name: 'resnet18', block: basicBlock, blocks: [2, 2, 2, 2], parameters: 11_689_512 },
  { name: 'resnet34', block: basicBlock, blocks: [3, 4, 6, 3], parameters: 21_797_672 },
  { name: 'resnet50', block: bottleneck, blocks: [3, 4, 6, 3], parameters: 25_557_032 },
];

function build(args: BuilderArgs & { readonly width: number }, { block, blocks }: Variant): tf.LayersModel {
  const inputs = input(args);
  let x = conv(inputs, 'stem_conv', { filters: args.width, kernel: 7, stride: 2 });
  x = maxPool3(relu(batchNorm(x, 'stem_bn'), 'stem_relu'), 'stem');
  blocks.forEach((count, index) => {
    const filters = args.width * 2 ** index;
    x = residualStage(x, index + 1, block, { blocks: count, filters, stride: index === 0 ? 1 : 2 });
  });
  return tf.model({ inputs, outputs: head(globalAveragePool(x), args.classes, 'uniform') });
}

function define(variant: Variant): NetworkDefinition {
  const { name, parameters } = variant;
  return defineNetwork({
    name,
    summary: `ResNet-${name.slice('resnet'.length)} for images of 224 px, as in torchvision`,
    reference: {
      paper: 'He et al., Deep Residual Learning for Image Recognition, CVPR 2016, table 1',
      url: 'https://arxiv.org/abs/1512.03385',
      code: 'pytorch/vision torchvision/models/resnet.py',
    },
    args: Type.Object(
      {
        width: Type.Integer({
          minimum: 1,
          default: 64,
          description: 'Channels of the stem and the first stage; each further stage has twice as many.',
        }),
      },
      { additionalProperties: false },
    ),
    stages: ['stage1', 'stage2', 'stage3', 'stage4'],
    inputShape: [224, 224, 3],
    classes: 1000,
    parameters,
    build: (args) => build(args, variant),
  });
}

export const resNets = variants.map(define);
