import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { InputError } from '../../common/errors';
import { attentionError } from '../operations/attention';
import { embedding } from '../operations/embedding';
import { defineMethod } from './method';
import { type MapSize, mapSizes, refuseShapes, sameArea } from './shapes';

const pair = (description: string, value: [number, number]) =>
  Type.Array(Type.Integer({ minimum: 1 }), { minItems: 2, maxItems: 2, default: value, description });

/**
 * The target-aware transformer on maps too large for attention between all positions: within groups of patches, and
 * between anchors, the averages of regions. Query and value embed the student, the key embeds the teacher; the loss of
 * each image by itself, mean over the batch. Positions that no whole patch or anchor covers are left out.
 */
export const tatDense = defineMethod({
  name: 'tat-dense',
  title: 'Target-aware transformer for dense maps',
  summary: 'The target-aware transformer within groups of patches and between anchors, for large maps.',
  hooks: 'maps',
  publishedWeight: 1,
  reference: {
    paper: 'Lin et al.: Knowledge Distillation via the Target-aware Transformer. CVPR 2022',
    url: 'https://arxiv.org/abs/2205.10793',
    code: 'https://github.com/sihaoevery/TaT-seg (distiller_tat.py)',
  },
  options: Type.Object(
    {
      preset: Type.Union([Type.Literal('voc'), Type.Literal('coco-stuff')], {
        default: 'voc',
        description:
          "The authors' settings for ResNet-18 as student: voc is grid 16 x 16, 64 heads, anchors 32 x 32, alpha 0.1, weights 1 and 0.4; coco-stuff is grid 32 x 32, 512 heads, anchors 32 x 32, alpha 0.6, weights 1 and 1. Options given beside it replace its own.",
      }),
      grouping: Type.Union([Type.Literal('stacked'), Type.Literal('batched'), Type.Literal('single')], {
        default: 'stacked',
        description:
          'Patches side by side as channels, attending together; or one by one, their losses averaged (batched) or added up (single).',
      }),
      grid: Type.Optional(pair('Patches along height and width.', [16, 16])),
      heads: Type.Optional(
        Type.Integer({ minimum: 1, description: 'Attention heads within the groups of patches.' }),
      ),
      anchor: Type.Optional(pair('Anchors along height and width.', [32, 32])),
      patchGroupWeight: Type.Optional(
        Type.Number({ minimum: 0, description: 'Weight of the patch groups.' }),
      ),
      anchorWeight: Type.Optional(Type.Number({ minimum: 0, description: 'Weight of the anchors.' })),
      alpha: Type.Optional(Type.Number({ minimum: 0, description: "The authors' factor of the whole." })),
      statistics: Type.Union([Type.Literal('image'), Type.Literal('batch')], {
        default: 'image',
        description:
          "What the embeddings' normalisation averages over: each image, as in the authors' training loop, or the batch.",
      }),
    },
    { additionalProperties: false },
  ),

  create({ preset, grouping, statistics, ...given }, shapes, weights) {
    const { grid, heads, anchor, patchGroupWeight, anchorWeight, alpha } = { ...presets[preset], ...given };
    const { student, teacher } = mapSizes('tat-dense', shapes);
    if (!sameArea(student, teacher))
      refuseShapes('tat-dense needs maps of the same height and width', shapes);
    const patches = tiling('grid', teacher, grid);
    const regions = tiling('anchor', teacher, anchor);
    const channels = teacher.channels * (grouping === 'stacked' ? patches.rows * patches.columns : 1);
    if (channels % heads !== 0) {
      throw new InputError(
        `tat-dense: option "heads" is ${heads}, which does not divide the ${channels} channels of a group`,
      );
    }
    const size = { inputs: student.channels, outputs: teacher.channels, kernel: 1 };
    const query = embedding('query', size, weights, statistics);
    const key = embedding('key', { ...size, inputs: teacher.channels }, weights, statistics);
    const value = embedding('value', size, weights, statistics);
    const losses = grouping === 'single' ? patches.rows * patches.columns : 1;

    const ofPatches = (maps: tf.Tensor): tf.Tensor3D => {
      const cut = cutPatches(maps as tf.Tensor4D, patches);
      const [samples, count, positions] = cut.shape;
      // A head's channels lie side by side, patch by patch.
      const groups = grouping === 'stacked' ? samples : samples * count;
      const split: tf.Tensor3D = tf.reshape(tf.transpose(cut, [0, 1, 3, 2]), [groups * heads, -1, positions]);
      return tf.transpose(split, [0, 2, 1]);
    };
    const ofAnchors = (maps: tf.Tensor): tf.Tensor3D =>
      tf.reshape(
        tf.avgPool(
          maps as tf.Tensor4D,
          [regions.height, regions.width],
          [regions.height, regions.width],
          'valid',
        ),
        [maps.shape[0], -1, teacher.channels],
      );

    return (inputs) => {
      const [q, k, v] = [query(inputs.student), key(inputs.teacher), value(inputs.student)];
      const distance = (part: (maps: tf.Tensor) => tf.Tensor3D): tf.Scalar =>
        attentionError(part(q), part(k), part(v), part(inputs.teacher));
      const terms = [
        [patchGroupWeight * losses, ofPatches],
        [anchorWeight, ofAnchors],
      ] as const;
      const counted = terms.filter(([weight]) => weight > 0);
      const sum = counted.reduce<tf.Tensor>(
        (total, [weight, part]) => tf.add(total, tf.mul(distance(part), weight)),
        tf.scalar(0),
      );
      return tf.mul(sum, alpha);
    };
  },
});

const presets = {
  voc: { grid: [16, 16], heads: 64, anchor: [32, 32], patchGroupWeight: 1, anchorWeight: 0.4, alpha: 0.1 },
  'coco-stuff': {
    grid: [32, 32],
    heads: 512,
    anchor: [32, 32],
    patchGroupWeight: 1,
    anchorWeight: 1,
    alpha: 0.6,
  },
};

/** Equal tiles side by side over a map, from its upper left; as many as fit. */
interface Tiling {
  readonly height: number;
  readonly width: number;
  readonly rows: number;
  readonly columns: number;
}

/** Tiles of the size that `count` of them have along each side. */
function tiling(option: string, map: MapSize, count: readonly number[]): Tiling {
  const height = Math.floor(map.height / count[0]!);
  const width = Math.floor(map.width / count[1]!);
  if (height === 0 || width === 0) {
    throw new InputError(
      `tat-dense: option "${option}" is ${count.join(' x ')}, more than the map's ${map.height} x ${map.width} positions`,
    );
  }
  return { height, width, rows: Math.floor(map.height / height), columns: Math.floor(map.width / width) };
}

/** [N, H, W, C] to [N, tiles, positions of a tile, C], row by row. */
function cutPatches(maps: tf.Tensor4D, { height, width, rows, columns }: Tiling): tf.Tensor4D {
  const [samples, , , channels] = maps.shape;
  const covered = tf.slice(maps, [0, 0, 0, 0], [samples, rows * height, columns * width, channels]);
  const apart = tf.reshape(covered, [samples * rows, height, columns, width * channels]);
  return tf.reshape(tf.transpose(apart, [0, 2, 1, 3]), [samples, rows * columns, height * width, channels]);
}
