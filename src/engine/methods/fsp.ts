import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { length } from '../operations/normalize';
import { adaptiveAveragePool, adaptiveMaxPool } from '../operations/resample';
import { defineSeveralLayerMethod } from './method';
import { mapList, refuseShapes } from './shapes';

/**
 * The mean square between the flow matrices of both, for each pair of layers that follow one another; added up. A flow
 * matrix holds the mean over all positions of the product of each channel of the one layer with each of the next, the
 * larger map pooled to the smaller. The authors train it alone first.
 */
export const fsp = defineSeveralLayerMethod({
  name: 'fsp',
  title: 'Flow of solution procedure',
  summary: 'Matches how features turn from one stage into the next.',
  hooks: 'maps',
  publishedWeight: 1,
  reference: {
    paper:
      'Yim et al.: A Gift from Knowledge Distillation: Fast Optimization, Network Minimization and Transfer Learning. CVPR 2017',
    url: 'https://openaccess.thecvf.com/content_cvpr_2017/html/Yim_A_Gift_From_CVPR_2017_paper.html',
    code: 'https://github.com/HobbitLong/RepDistiller (distiller_zoo/FSP.py)',
  },
  options: Type.Object(
    {
      pool: Type.Union([Type.Literal('average'), Type.Literal('max')], {
        default: 'average',
        description:
          'How the larger map comes to the size of the smaller: RepDistiller averages, torchdistill takes the maximum.',
      }),
      distance: Type.Union([Type.Literal('mean-square'), Type.Literal('column-length')], {
        default: 'mean-square',
        description:
          "Of two flow matrices: the mean square (RepDistiller), or the lengths of their differences' columns, added up and divided by the number of images (torchdistill).",
      }),
    },
    { additionalProperties: false },
  ),

  create({ pool, distance }, shapes) {
    const { student, teacher } = mapList('fsp', shapes);
    student.forEach(({ channels }, index) => {
      if (channels === teacher[index]!.channels) return;
      refuseShapes('fsp needs layers of the same channels on both sides', {
        student: shapes.student[index]!,
        teacher: shapes.teacher[index]!,
      });
    });
    const pooled = pool === 'average' ? adaptiveAveragePool : adaptiveMaxPool;
    const distanceOf = (apart: tf.Tensor): tf.Tensor =>
      distance === 'mean-square'
        ? tf.mean(tf.square(apart))
        : tf.div(tf.sum(length(apart, 1)), apart.shape[0]);
    return (inputs) => {
      const [ofStudent, ofTeacher] = [flows(inputs.student, pooled), flows(inputs.teacher, pooled)];
      return tf.addN(
        ofStudent.map((flow, index) => distanceOf(tf.sub(flow, ofTeacher[index]!))),
      ) as tf.Scalar;
    };
  },
});

type Pool = typeof adaptiveAveragePool;

function flows(layers: readonly tf.Tensor[], pool: Pool): tf.Tensor[] {
  return layers.slice(1).map((next, index) => flow(layers[index] as tf.Tensor4D, next as tf.Tensor4D, pool));
}

/** [N, C of the first, C of the next]. */
function flow(first: tf.Tensor4D, next: tf.Tensor4D, pool: Pool): tf.Tensor {
  const height = Math.min(first.shape[1], next.shape[1]);
  const width = Math.min(first.shape[2], next.shape[2]);
  const positions = (maps: tf.Tensor4D): tf.Tensor3D =>
    tf.reshape(pool(maps, height, width), [maps.shape[0], height * width, maps.shape[3]]);
  return tf.div(tf.matMul(positions(first), positions(next), true, false), height * width);
}
