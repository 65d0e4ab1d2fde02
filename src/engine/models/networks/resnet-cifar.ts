import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { defineNetwork, type BuilderArgs, type NetworkDefinition } from '../network';
import { batchNorm, conv, globalAveragePool, head, input, relu } from './blocks';
import { basicBlock, residualStage } from './residual';

interface Variant {
  readonly name: string;
  readonly depth: number;
  /** Channels of the first stage. */
  readonly width: number;
  /** Channels of the stem for each channel of the first stage. */
  readonly stem: number;
  readonly parameters: number;
}

const variants: readonly Variant[] = [
  { name: 'resnet8', depth: 8, width: 16, stem: 1, parameters: 83_892 },
  { name: 'resnet14', depth: 14, width: 16, stem: 1, parameters: 181_108 },
  { name: 'resnet20', depth: 20, width: 16, stem: 1, parameters: 278_324 },
  { name: 'resnet32', depth: 32, width: 16, stem: 1, parameters: 472_756 },
  { name: 'resnet44', depth: 44, width: 16, stem: 1, parameters: 667_188 },
  { name: 'resnet56', depth: 56, width: 16, stem: 1, parameters: 861_620 },
  { name: 'resnet110', depth: 110, width: 16, stem: 1, parameters: 1_736_564 },
  { name: 'resnet8x4', depth: 8, width: 64, stem: 0.5, parameters: 1_233_540 },
  { name: 'resnet32x4', depth: 32, width: 64, stem: 0.5, parameters: 7_433_860 },
];

function build(args: BuilderArgs & { readonly width: number }, { depth, stem }: Variant): tf.LayersModel {
  const { width, classes } = args;
  const blocks = (depth - 2) / 6;
  const inputs = input(args);
  let x = conv(inputs, 'stem_conv', { filters: Math.ceil(stem * width), kernel: 3 });
  x = relu(batchNorm(x, 'stem_bn'), 'stem');
  x = residualStage(x, 1, basicBlock, { blocks, filters: width, stride: 1 });
  x = residualStage(x, 2, basicBlock, { blocks, filters: 2 * width, stride: 2 });
  x = residualStage(x, 3, basicBlock, { blocks, filters: 4 * width, stride: 2 });
  return tf.model({ inputs, outputs: head(globalAveragePool(x), classes, 'uniform') });
}

function define(variant: Variant): NetworkDefinition {
  const { name, depth, width, parameters } = variant;
  return defineNetwork({
    name,
    summary: `ResNet for small images: ${depth} layers, ${width}, ${2 * width} and ${4 * width} channels`,
    reference: {
      paper: 'He et al., Deep Residual Learning for Image Recognition, CVPR 2016, section 4.2',
      url: 'https://arxiv.org/abs/1512.03385',
      code: 'HobbitLong/RepDistiller models/resnet.py',
    },
    args: Type.Object(
      {
        width: Type.Integer({
          minimum: 1,
          default: width,
          description: 'Channels of the first stage; the second and third have two and four times as many.',
        }),
      },
      { additionalProperties: false },
    ),
    stages: ['stage1', 'stage2', 'stage3'],
    inputShape: [32, 32, 3],
    classes: 100,
    parameters,
    build: (args) => build(args, variant),
  });
}

export const cifarResNets = variants.map(define);
