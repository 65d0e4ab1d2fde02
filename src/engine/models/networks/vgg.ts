import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { defineNetwork, type BuilderArgs, type NetworkDefinition } from '../network';
import { batchNorm, conv, globalAveragePool, head, input, maxPool2, relu } from './blocks';

interface Variant {
  readonly depth: number;
  /** Convolutions in each of the five stages. */
  readonly convolutions: number;
  readonly parameters: number;
}

const variants: readonly Variant[] = [
  { depth: 8, convolutions: 1, parameters: 3_965_028 },
  { depth: 13, convolutions: 2, parameters: 9_462_180 },
];

function build(args: BuilderArgs & { readonly width: number }, { convolutions }: Variant): tf.LayersModel {
  const inputs = input(args);
  let x = inputs;
  [1, 2, 4, 8, 8].forEach((factor, index) => {
    const stage = index + 1;
    // The pool before the last stage is for images of 64 px and more; at 32 px, 4x4 places are left.
    if (stage > 1 && (stage < 5 || args.inputShape[0] >= 64)) x = maxPool2(x, `stage${stage}_pool`);
    for (let number = 1; number <= convolutions; number++) {
      x = conv(x, `stage${stage}_conv${number}`, { filters: factor * args.width, kernel: 3, bias: true });
      x = batchNorm(x, `stage${stage}_bn${number}`);
      x = relu(x, number === convolutions ? `stage${stage}` : `stage${stage}_relu${number}`);
    }
  });
  return tf.model({ inputs, outputs: head(globalAveragePool(x), args.classes, 'normal, no bias') });
}

function define(variant: Variant): NetworkDefinition {
  return defineNetwork({
    name: `vgg${variant.depth}`,
    summary: `VGG-${variant.depth} for small images, with batch normalisation and one linear classifier`,
    reference: {
      paper:
        'Simonyan and Zisserman, Very Deep Convolutional Networks for Large-Scale Image Recognition, ICLR 2015',
      url: 'https://arxiv.org/abs/1409.1556',
      code: 'HobbitLong/RepDistiller models/vgg.py',
    },
    args: Type.Object(
      {
        width: Type.Integer({
          minimum: 1,
          default: 64,
          description: 'Channels of the first stage; the others have 2, 4, 8 and 8 times as many.',
        }),
      },
      { additionalProperties: false },
    ),
    stages: ['stage1', 'stage2', 'stage3', 'stage4', 'stage5'],
    inputShape: [32, 32, 3],
    classes: 100,
    parameters: variant.parameters,
    build: (args) => build(args, variant),
  });
}

export const vggs = variants.map(define);
