import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { standardized } from '../operations/normalize';
import { resizeBilinear } from '../operations/resample';
import { defineMethod } from './method';
import { mapSizes, refuseShapes } from './shapes';

/** Added to a standard deviation. */
const EPSILON = 1e-6;

/**
 * Half the mean square between both maps, each channel at zero mean and unit (unbiased) deviation over the batch and
 * all positions: the same as one minus their Pearson correlation, which counts as 0 where a channel is constant. The
 * one map is resized to the other, bilinearly.
 */
export const pkd = defineMethod({
  name: 'pkd',
  title: 'Pearson correlation distillation',
  summary: "Makes the student's channels correlate with the teacher's, whatever their scale.",
  hooks: 'maps',
  publishedWeight: 6,
  reference: {
    paper:
      'Cao et al.: PKD: General Distillation Framework for Object Detectors via Pearson Correlation Coefficient. NeurIPS 2022',
    url: 'https://arxiv.org/abs/2207.02039',
    code: 'https://github.com/open-mmlab/mmrazor (mmrazor/models/losses/pkd_loss.py)',
  },
  options: Type.Object(
    {
      resizeStudent: Type.Boolean({
        default: true,
        description:
          "Resize the student's map to the teacher's, where they differ; else the other way round.",
      }),
    },
    { additionalProperties: false },
  ),

  create({ resizeStudent }, shapes) {
    const { student, teacher } = mapSizes('pkd', shapes);
    if (student.channels !== teacher.channels) {
      refuseShapes('pkd needs maps of the same number of channels', shapes);
    }
    const { height, width } = resizeStudent ? teacher : student;
    const standard = (maps: tf.Tensor): tf.Tensor =>
      standardized(resizeBilinear(maps as tf.Tensor4D, height, width), [0, 1, 2], EPSILON);
    return (inputs) =>
      tf.div(tf.mean(tf.squaredDifference(standard(inputs.student), standard(inputs.teacher))), 2);
  },
});
