import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { InputError } from '../../common/errors';
import { batchNormTrain } from '../backends/kernels';
import { detach } from '../operations/detach';
import { NORM_EPSILON } from '../operations/embedding';
import { adaptiveAveragePool } from '../operations/resample';
import { defineSeveralLayerMethod, type Normalization, type WeightFactory } from './method';
import { type MapSize, mapList } from './shapes';

/** Below this share of values under 0, the margin is three deviations. */
const FEW = 0.001;

/**
 * The student's maps, through a connector, are to be the teacher's where those are above 0, and below a margin where
 * they are not: with t' = max(t, margin), the sum of (s - t')^2 where s > t' or t > 0, averaged over the batch. The
 * margin of a channel is the mean of what its batch normalisation gives below 0, if that is normal with deviation gamma
 * and mean beta. Layers are hooked in front of their activation, shallow to deep; each counts half as much as the next
 * deeper one. The teacher's maps are averaged to the student's size.
 */
export const ofd = defineSeveralLayerMethod({
  name: 'ofd',
  title: 'Overhaul of feature distillation',
  summary:
    "Matches the teacher's features in front of their activation, and what is below 0 only to a margin.",
  hooks: 'maps',
  publishedWeight: 0.001,
  reference: {
    paper: 'Heo et al.: A Comprehensive Overhaul of Feature Distillation. ICCV 2019',
    url: 'https://arxiv.org/abs/1904.01866',
    code: 'https://github.com/megvii-research/mdistiller (mdistiller/distillers/OFD.py)',
  },
  alsoNeeds:
    'Layers in front of their activation; those of the teacher come from a batch normalisation, or from a sum with one.',
  options: Type.Object(
    {
      kernel: Type.Integer({
        minimum: 1,
        default: 1,
        description: "Height and width of the connectors' convolutions; odd.",
      }),
    },
    { additionalProperties: false },
  ),
  requires: ['normalizations'],

  create({ kernel }, shapes, weights, { normalizations }) {
    const { student, teacher } = mapList('ofd', shapes);
    normalizations.forEach(({ gamma }, place) => {
      const { channels } = teacher[place]!;
      if (gamma.size === channels) return;
      throw new InputError(
        `ofd: the batch normalisation of the teacher's layer ${place + 1} has ${gamma.size} channels, and its map ${channels}`,
      );
    });
    const connectors = student.map((size, place) =>
      connector(`connector${place + 1}`, kernel, size, teacher[place]!, weights),
    );
    return (inputs) => {
      const distances = connectors.map((connect, place) => {
        const { height, width } = student[place]!;
        const distance = partialDistance(
          connect(inputs.student[place]! as tf.Tensor4D),
          adaptiveAveragePool(inputs.teacher[place]! as tf.Tensor4D, height, width),
          marginOf(normalizations[place]!),
        );
        return tf.div(distance, 2 ** (connectors.length - 1 - place));
      });
      return tf.addN(distances) as tf.Scalar;
    };
  },
});

/** A convolution without bias, as He et al. start it, and a batch normalisation. */
function connector(
  name: string,
  side: number,
  from: MapSize,
  to: MapSize,
  weights: WeightFactory,
): (maps: tf.Tensor4D) => tf.Tensor {
  const deviation = Math.sqrt(2 / (side * side * to.channels));
  const kernel = weights.normal(`${name}/kernel`, [side, side, from.channels, to.channels], deviation);
  const gamma = weights.constant(`${name}/gamma`, [to.channels], 1);
  const beta = weights.constant(`${name}/beta`, [to.channels], 0);
  return (maps) =>
    batchNormTrain(tf.conv2d(maps, kernel as tf.Tensor4D, 1, 'same'), gamma, beta, NORM_EPSILON);
}

function partialDistance(student: tf.Tensor, teacher: tf.Tensor, margin: tf.Tensor): tf.Tensor {
  const target = tf.maximum(teacher, margin);
  const counts = tf.logicalOr(tf.greater(detach(student), target), tf.greater(teacher, 0));
  const squares = tf.mul(tf.squaredDifference(student, target), tf.cast(counts, 'float32'));
  return tf.div(tf.sum(squares), student.shape[0]);
}

/** The mean below 0 of a normal distribution with deviation |gamma| and mean beta, by channel: always below 0. */
function marginOf({ gamma, beta }: Normalization): tf.Tensor {
  // A channel without scale has the value beta alone.
  const deviation = tf.maximum(tf.abs(gamma), 1e-12);
  const standard = tf.div(beta, deviation);
  const density = tf.div(tf.exp(tf.div(tf.square(standard), -2)), Math.sqrt(2 * Math.PI));
  const share = tf.div(tf.sub(1, tf.erf(tf.div(standard, Math.SQRT2))), 2);
  const mean = tf.sub(beta, tf.div(tf.mul(deviation, density), tf.maximum(share, FEW)));
  return tf.where(tf.greater(share, FEW), mean, tf.mul(deviation, -3));
}
