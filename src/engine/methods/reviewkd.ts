import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { batchNormTrain } from '../backends/kernels';
import { NORM_EPSILON, pointwise } from '../operations/embedding';
import { adaptiveAveragePool, resizeNearest } from '../operations/resample';
import { defineSeveralLayerMethod, type Shape, type WeightFactory } from './method';
import { type MapSize, mapList } from './shapes';

/** Sizes that maps are pooled to for comparison, beside their own. */
const POOLED = [4, 2, 1];

/**
 * Each level of the student, with all deeper ones fused into it by attention, is compared with the teacher's level: the
 * mean square of the maps and of their averages over 4 x 4, 2 x 2 and 1 region, each weighing half the one before, over
 * the sum of these weights; all levels added up. Levels are hooked shallow to deep; vectors count as maps of 1 x 1. The
 * authors hook layers before their activation and let the weight grow over the first 20 epochs.
 */
export const reviewkd = defineSeveralLayerMethod({
  name: 'reviewkd',
  title: 'Knowledge review',
  summary: "Teaches each stage of the student, with all deeper ones fused into it, the teacher's stage.",
  hooks: 'maps',
  publishedWeight: 1,
  reference: {
    paper: 'Chen et al.: Distilling Knowledge via Knowledge Review. CVPR 2021',
    url: 'https://arxiv.org/abs/2104.09044',
    code: 'https://github.com/megvii-research/mdistiller (mdistiller/distillers/ReviewKD.py)',
  },
  options: Type.Object(
    {
      maxWidth: Type.Integer({
        minimum: 1,
        default: 512,
        description: "Channels of the fused maps: those of the student's deepest level, at most so many.",
      }),
    },
    { additionalProperties: false },
  ),

  create({ maxWidth }, shapes, weights) {
    const asMaps = (list: readonly Shape[]): Shape[] =>
      list.map((shape) => (shape.length === 2 ? [shape[0]!, 1, 1, shape[1]!] : shape));
    const { student, teacher } = mapList('reviewkd', {
      student: asMaps(shapes.student),
      teacher: asMaps(shapes.teacher),
    });
    const width = Math.min(maxWidth, student.at(-1)!.channels);
    const fusions = student.map((size, level) =>
      fusion(
        `level${level + 1}`,
        { size, width, outputs: teacher[level]!, fuses: level < student.length - 1 },
        weights,
      ),
    );

    return (inputs) => {
      const distances: tf.Tensor[] = [];
      let deeper: tf.Tensor4D | undefined;
      for (let level = fusions.length - 1; level >= 0; level--) {
        const features = fusions[level]!(toMaps(inputs.student[level]!), deeper);
        deeper = features.fused;
        distances.push(contextDistance(features.output, toMaps(inputs.teacher[level]!)));
      }
      return tf.addN(distances) as tf.Scalar;
    };
  },
});

interface Level {
  readonly size: MapSize;
  readonly width: number;
  readonly outputs: MapSize;
  /** Whether there is a deeper level to be fused into this one. */
  readonly fuses: boolean;
}

type Fusion = (
  maps: tf.Tensor4D,
  deeper: tf.Tensor4D | undefined,
) => { readonly fused: tf.Tensor4D; readonly output: tf.Tensor4D };

/** Reduces a level to the common width, mixes the deeper ones in by attention, and expands it to the teacher's. */
function fusion(name: string, { size, width, outputs, fuses }: Level, weights: WeightFactory): Fusion {
  const reduce = convolution(`${name}/reduce`, 1, size.channels, width, weights);
  const expand = convolution(`${name}/expand`, 3, width, outputs.channels, weights);
  const attend = fuses ? pointwise(`${name}/attention`, 2 * width, 2, weights) : undefined;
  return (maps, deeper) => {
    let fused = reduce(maps);
    if (attend && deeper) {
      const above = resizeNearest(deeper, size.height, size.width);
      const [own, other] = tf.split(tf.sigmoid(attend(tf.concat([fused, above], 3))), 2, 3);
      fused = tf.add(tf.mul(fused, own!), tf.mul(above, other!));
    }
    // What goes on to the next level has the size of the output, as in the reference code.
    fused = resizeNearest(fused, outputs.height, outputs.width);
    return { fused, output: expand(fused) };
  };
}

/** A convolution without bias and a batch normalisation; PyTorch's `kaiming_uniform_` with a = 1. */
function convolution(
  name: string,
  side: number,
  inputs: number,
  outputs: number,
  weights: WeightFactory,
): (maps: tf.Tensor4D) => tf.Tensor4D {
  const fanIn = side * side * inputs;
  const kernel = weights.uniform(`${name}/kernel`, [side, side, inputs, outputs], fanIn / 3) as tf.Tensor4D;
  const gamma = weights.constant(`${name}/gamma`, [outputs], 1);
  const beta = weights.constant(`${name}/beta`, [outputs], 0);
  return (maps) =>
    batchNormTrain(tf.conv2d(maps, kernel, 1, 'same'), gamma, beta, NORM_EPSILON) as tf.Tensor4D;
}

function contextDistance(student: tf.Tensor4D, teacher: tf.Tensor4D): tf.Scalar {
  const sizes = POOLED.filter((size) => size < student.shape[1]);
  const terms = sizes.map((size, index) => {
    const [one, other] = [student, teacher].map((maps) => adaptiveAveragePool(maps, size, size));
    return tf.mul(tf.mean(tf.squaredDifference(one!, other!)), 2 ** -(index + 1));
  });
  const weight = 2 - 2 ** -sizes.length;
  return tf.div(tf.addN([tf.mean(tf.squaredDifference(student, teacher)), ...terms]), weight);
}

function toMaps(features: tf.Tensor): tf.Tensor4D {
  return (features.rank === 4 ? features : tf.expandDims(tf.expandDims(features, 1), 1)) as tf.Tensor4D;
}
