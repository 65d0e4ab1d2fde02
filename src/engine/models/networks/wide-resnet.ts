import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { defineNetwork, type BuilderArgs, type NetworkDefinition } from '../network';
import { add, batchNorm, channels, conv, globalAveragePool, head, input, relu, type Tensor } from './blocks';

interface Variant {
  readonly depth: number;
  readonly widen: number;
  readonly parameters: number;
}

const variants: readonly Variant[] = [
  { depth: 16, widen: 1, parameters: 180_916 },
  { depth: 16, widen: 2, parameters: 703_284 },
  { depth: 40, widen: 1, parameters: 569_780 },
  { depth: 40, widen: 2, parameters: 2_255_156 },
];

interface Args extends BuilderArgs {
  readonly dropout: number;
}

/**
 * Normalisation and activation come before the convolutions; where the channels change, the shortcut starts
 * behind them too.
 */
function block(
  x: Tensor,
  name: string,
  filters: number,
  stride: number,
  dropout: number,
  end: string,
): Tensor {
  const active = relu(batchNorm(x, `${name}_bn1`), `${name}_relu1`);
  let y = conv(active, `${name}_conv1`, { filters, kernel: 3, stride });
  y = relu(batchNorm(y, `${name}_bn2`), `${name}_relu2`);
  if (dropout > 0) y = tf.layers.dropout({ name: `${name}_dropout`, rate: dropout }).apply(y) as Tensor;
  y = conv(y, `${name}_conv2`, { filters, kernel: 3 });
  const projects = channels(x) !== filters;
  const shortcut = projects ? conv(active, `${name}_shortcut_conv`, { filters, kernel: 1, stride }) : x;
  return add([y, shortcut], end);
}

function build(args: Args, { depth, widen }: Variant): tf.LayersModel {
  const inputs = input(args);
  const blocks = (depth - 4) / 6;
  let x = conv(inputs, 'stem', { filters: 16, kernel: 3 });
  for (const stage of [1, 2, 3]) {
    const filters = 16 * widen * 2 ** (stage - 1);
    for (let index = 0; index < blocks; index++) {
      const name = `stage${stage}_block${index}`;
      const end = index === blocks - 1 ? `stage${stage}` : `${name}_add`;
      x = block(x, name, filters, stage > 1 && index === 0 ? 2 : 1, args.dropout, end);
    }
  }
  x = relu(batchNorm(x, 'last_bn'), 'last_relu');
  return tf.model({ inputs, outputs: head(globalAveragePool(x), args.classes, 'uniform, no bias') });
}

function define(variant: Variant): NetworkDefinition {
  const { depth, widen, parameters } = variant;
  return defineNetwork({
    name: `wrn-${depth}-${widen}`,
    summary: `Wide ResNet for small images: ${depth} layers, ${widen === 1 ? 'plain width' : 'twice the width'}; stages end before their activation`,
    reference: {
      paper: 'Zagoruyko and Komodakis, Wide Residual Networks, BMVC 2016',
      url: 'https://arxiv.org/abs/1605.07146',
      code: 'HobbitLong/RepDistiller models/wrn.py',
    },
    args: Type.Object(
      {
        dropout: Type.Number({
          minimum: 0,
          exclusiveMaximum: 1,
          default: 0,
          description: 'Share of the values dropped between the two convolutions of a block.',
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

export const wideResNets = variants.map(define);
