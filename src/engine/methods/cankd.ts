import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { batchNormTrain } from '../backends/kernels';
import { dotProductAttention } from '../operations/attention';
import { instanceNorm, NORM_EPSILON, pointwise } from '../operations/embedding';
import { defineMethod } from './method';
import { mapSizes, refuseShapes, sameArea, severalPositions } from './shapes';

/**
 * The student's map takes up what a non-local block reads from the teacher's (dot products of all positions,
 * divided by their number, without softmax), then half the mean square between both maps, each normalised per
 * image and channel. Initial weights as in the authors' code: PyTorch's for convolutions, gamma and beta of the
 * block's last normalisation 0, so that the block starts as nothing and the loss as the plain distance.
 */
export const cankd = defineMethod({
  name: 'cankd',
  title: 'Cross-attention non-local distillation',
  summary: "Lets every position of the student's map draw on all of the teacher's before both are compared.",
  hooks: 'maps',
  publishedWeight: 10,
  reference: {
    paper:
      'Sun, Ohyama: CanKD: Cross-Attention-based Non-local operation for Feature-based Knowledge Distillation. WACV 2026',
    url: 'https://arxiv.org/abs/2511.21503',
    code: 'https://github.com/tori-hotaru/CanKD (mmrazor/models/losses/nlkd_IN_loss.py)',
  },
  options: Type.Object(
    {
      preset: Type.Union([Type.Literal('detection'), Type.Literal('segmentation')], {
        default: 'detection',
        description:
          "The authors' settings: detection hooks levels 0 to 3 of the feature pyramid, of 256 channels, each with weight 10; segmentation hooks layer4 behind a connector from 512 to 2048 channels, with weight 10, or 20 where DeepLabV3 learns from PSPNet. Options given beside it replace its own.",
      }),
      connector: Type.Optional(
        Type.Boolean({
          description: "Brings the student's channels to the teacher's by a 1x1 convolution.",
        }),
      ),
      interChannels: Type.Union([Type.Integer({ minimum: 1 }), Type.Null()], {
        default: null,
        description: 'Channels inside the non-local block; null: half of those outside.',
      }),
      subSample: Type.Boolean({
        default: true,
        description: "Halves the teacher's height and width inside the block, by maximum.",
      }),
    },
    { additionalProperties: false },
  ),

  create({ preset, interChannels, subSample, ...given }, shapes, weights) {
    const { connector } = { ...presets[preset], ...given };
    const { student, teacher } = mapSizes('cankd', shapes);
    if (!sameArea(student, teacher)) refuseShapes('cankd needs maps of the same height and width', shapes);
    severalPositions('cankd', teacher, shapes);
    if (!connector && student.channels !== teacher.channels) {
      refuseShapes('cankd without connector needs maps of the same channels', shapes);
    }
    if (subSample && (teacher.height < 2 || teacher.width < 2)) {
      refuseShapes('cankd with subSample needs maps of at least 2 x 2', shapes);
    }
    const { channels } = teacher;
    const connect = connector
      ? pointwise('connector', student.channels, channels, weights)
      : (maps: tf.Tensor) => maps;
    const inner = interChannels ?? Math.max(1, Math.floor(channels / 2));
    const theta = pointwise('theta', channels, inner, weights);
    const phi = pointwise('phi', channels, inner, weights);
    const g = pointwise('g', channels, inner, weights);
    const w = pointwise('w', inner, channels, weights);
    const gamma = weights.constant('w/gamma', [channels], 0);
    const beta = weights.constant('w/beta', [channels], 0);

    /** [N, H, W, C] to [N, H W, C]. */
    const positions = (maps: tf.Tensor): tf.Tensor3D => tf.reshape(maps, [maps.shape[0], -1, inner]);
    const pooled = (maps: tf.Tensor): tf.Tensor =>
      subSample ? tf.maxPool(maps as tf.Tensor4D, 2, 2, 'valid') : maps;

    return (inputs) => {
      const student = connect(inputs.student);
      const read = dotProductAttention(
        positions(theta(student)),
        positions(pooled(phi(inputs.teacher))),
        positions(pooled(g(inputs.teacher))),
      );
      const [batch, height, width] = student.shape;
      const taken = batchNormTrain(
        w(tf.reshape(read, [batch, height!, width!, inner])),
        gamma,
        beta,
        NORM_EPSILON,
      );
      const difference = tf.squaredDifference(
        instanceNorm(tf.add(student, taken)),
        instanceNorm(inputs.teacher),
      );
      return tf.div(tf.mean(difference), 2);
    };
  },
});

const presets = { detection: { connector: false }, segmentation: { connector: true } };
