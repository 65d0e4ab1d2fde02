import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { defineNetwork, type BuilderArgs, type NetworkDefinition } from '../network';
import { add, batchNorm, channels, conv, globalAveragePool, head, input, relu, type Tensor } from './blocks';

/** 3x3 convolutions, two a block; the shortcut is a 1x1 convolution where size or channels change. */
function basicBlock(x: Tensor, name: string, filters: number, stride: number, end: string): Tensor {
  let y = conv(x, `${name}_conv1`, { filters, kernel: 3, stride });
  y = relu(batchNorm(y, `${name}_bn1`), `${name}_relu1`);
  y = batchNorm(conv(y, `${name}_conv2`, { filters, kernel: 3 }), `${name}_bn2`);
  let shortcut = x;
  if (stride !== 1 || channels(x) !== filters) {
    shortcut = conv(x, `${name}_shortcut_conv`, { filters, kernel: 1, stride });
    shortcut = batchNorm(shortcut, `${name}_shortcut_bn`);
  }
  return relu(add([y, shortcut], `${name}_add`), end);
}

function build(args: BuilderArgs, blocks: number, stem: number, width: number): tf.LayersModel {
  const inputs = input(args);
  let x = conv(inputs, 'stem_conv', { filters: stem, kernel: 3 });
  x = relu(batchNorm(x, 'stem_bn'), 'stem');
  for (const stage of [1, 2, 3]) {
    for (let block = 0; block < blocks; block++) {
      const name = `stage${stage}_block${block}`;
      const end = block === blocks - 1 ? `stage${stage}` : `${name}_relu2`;
      x = basicBlock(x, name, width * 2 ** (stage - 1), stage > 1 && block === 0 ? 2 : 1, end);
    }
  }
  return tf.model({ inputs, outputs: head(globalAveragePool(x), args.classes, 'uniform') });
}

interface Variant {
  readonly name: string;
  readonly depth: number;
  /** Channels of the first stage; the stem of the x4 variants has half as many. */
  readonly width: number;
  readonly parameters: number;
}

const variants: readonly Variant[] = [
  { name: 'resnet8', depth: 8, width: 16, parameters: 0 },
  { name: 'resnet14', depth: 14, width: 16, parameters: 0 },
  { name: 'resnet20', depth: 20, width: 16, parameters: 0 },
  { name: 'resnet32', depth: 32, width: 16, parameters: 0 },
  { name: 'resnet44', depth: 44, width: 16, parameters: 0 },
  { name: 'resnet56', depth: 56, width: 16, parameters: 0 },
  { name: 'resnet110', depth: 110, width: 16, parameters: 0 },
  { name: 'resnet8x4', depth: 8, width: 64, parameters: 0 },
  { name: 'resnet32x4', depth: 32, width: 64, parameters: 0 },
];

function define({ name, depth, width, parameters }: Variant): NetworkDefinition {
  const isX4 = name.endsWith('x4');
  return defineNetwork({
    name,
    summary: `ResNet of ${depth} layers for small images${isX4 ? ', four times as wide' : ''}`,
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
    build: (args) => build(args, (depth - 2) / 6, isX4 ? Math.ceil(args.width / 2) : args.width, args.width),
  });
}

export const cifarResNets = variants.map(define);
