import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { InputError } from '../../common/errors';
import { batchNormTrain } from '../backends/kernels';
import { detach } from '../operations/detach';
import { NORM_EPSILON } from '../operations/embedding';
import { flattened, unitLength } from '../operations/normalize';
import { adaptiveAveragePool } from '../operations/resample';
import { defineMethod, type WeightFactory } from './method';
import { mapSizes } from './shapes';

type Transform = (maps: tf.Tensor4D) => tf.Tensor4D;

/** Of what is below 0, so much is let through. */
const LEAK = 0.1;

/**
 * A paraphraser, three convolutions with fewer channels at the end, learns beforehand to say the teacher's map in such a
 * way that three transposed ones rebuild it (mean square). Then a translator, the same three convolutions with batch
 * normalisation, is to say the student's map alike: the mean absolute difference of both factors, flattened to unit
 * length. The larger factor is averaged to the smaller one's size. The weight is torchdistill's.
 */
export const ft = defineMethod({
  name: 'ft',
  title: 'Factor transfer',
  summary: "Matches a paraphrase of the teacher's map, learnt beforehand, by a translation of the student's.",
  hooks: 'maps',
  publishedWeight: 1000,
  reference: {
    paper:
      'Kim, Park, Kwak: Paraphrasing Complex Network: Network Compression via Factor Transfer. NeurIPS 2018',
    url: 'https://arxiv.org/abs/1802.04977',
    code: 'https://github.com/open-mmlab/mmrazor (mmrazor/models/losses/factor_transfer_loss.py)',
  },
  alsoNeeds:
    'A stage before the others with `"pretrain": true` (train.stages), which teaches the paraphraser on the teacher.',
  options: Type.Object(
    {
      rate: Type.Number({
        exclusiveMinimum: 0,
        default: 0.5,
        description: "Channels of the factors as a share of the teacher's.",
      }),
      factor: Type.Union([Type.Literal('flattened'), Type.Literal('averaged')], {
        default: 'flattened',
        description:
          'What of the factors is compared: all of them, or the mean of the squares over the channels (RepDistiller, with weight 200).',
      }),
    },
    { additionalProperties: false },
  ),

  create({ rate, factor }, shapes, weights) {
    const { student, teacher } = mapSizes('ft', shapes);
    const factors = Math.floor(teacher.channels * rate);
    if (factors < 1) {
      throw new InputError(
        `ft: option "rate" is ${rate}, which leaves none of the teacher's ${teacher.channels} channels`,
      );
    }
    const paraphrase = chain([
      convolution('paraphraser/encode1', teacher.channels, teacher.channels, weights),
      convolution('paraphraser/encode2', teacher.channels, factors, weights),
      convolution('paraphraser/encode3', factors, factors, weights),
    ]);
    const rebuild = chain([
      transposed('paraphraser/decode1', factors, factors, weights),
      transposed('paraphraser/decode2', factors, teacher.channels, weights),
      transposed('paraphraser/decode3', teacher.channels, teacher.channels, weights),
    ]);
    const translate = chain([
      normalized('translator/1', student.channels, student.channels, weights),
      normalized('translator/2', student.channels, factors, weights),
      normalized('translator/3', factors, factors, weights),
    ]);

    const [height, width] = [
      Math.min(student.height, teacher.height),
      Math.min(student.width, teacher.width),
    ];
    const compared = (maps: tf.Tensor4D): tf.Tensor => {
      const pooled = adaptiveAveragePool(maps, height, width);
      return unitLength(flattened(factor === 'flattened' ? pooled : tf.mean(tf.square(pooled), 3)));
    };
    return {
      loss(inputs) {
        const wanted = detach(paraphrase(inputs.teacher as tf.Tensor4D));
        const translated = translate(inputs.student as tf.Tensor4D);
        return tf.mean<tf.Scalar>(tf.abs(tf.sub(compared(translated), compared(wanted))));
      },
      pretraining(inputs) {
        const maps = inputs.teacher as tf.Tensor4D;
        return tf.mean<tf.Scalar>(tf.squaredDifference(rebuild(paraphrase(maps)), maps));
      },
    };
  },
});

function chain(transforms: readonly Transform[]): Transform {
  return (maps) => transforms.reduce((given, transform) => leaky(transform(given)), maps);
}

/** TensorFlow.js's own has no gradient on all backends. */
function leaky(maps: tf.Tensor4D): tf.Tensor4D {
  return tf.maximum(maps, tf.mul(maps, LEAK));
}

/** 3x3 with bias. */
function convolution(name: string, inputs: number, outputs: number, weights: WeightFactory): Transform {
  const kernel = weights.uniform(`${name}/kernel`, [3, 3, inputs, outputs], 9 * inputs) as tf.Tensor4D;
  const bias = weights.uniform(`${name}/bias`, [outputs], 9 * inputs);
  return (maps) => tf.add(tf.conv2d(maps, kernel, 1, 'same'), bias);
}

/** 3x3 with bias, its kernel [height, width, out, in]. */
function transposed(name: string, inputs: number, outputs: number, weights: WeightFactory): Transform {
  // PyTorch takes the fan in of a transposed convolution from its outputs.
  const kernel = weights.uniform(`${name}/kernel`, [3, 3, outputs, inputs], 9 * outputs) as tf.Tensor4D;
  const bias = weights.uniform(`${name}/bias`, [outputs], 9 * outputs);
  return (maps) => {
    const [samples, height, width] = maps.shape;
    return tf.add(tf.conv2dTranspose(maps, kernel, [samples, height, width, outputs], 1, 'same'), bias);
  };
}

function normalized(name: string, inputs: number, outputs: number, weights: WeightFactory): Transform {
  const convolve = convolution(name, inputs, outputs, weights);
  const gamma = weights.constant(`${name}/gamma`, [outputs], 1);
  const beta = weights.constant(`${name}/beta`, [outputs], 0);
  return (maps) => batchNormTrain(convolve(maps), gamma, beta, NORM_EPSILON) as tf.Tensor4D;
}
