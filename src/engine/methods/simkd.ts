import { Type } from '@sinclair/typebox';
import * as tf from '@tensorflow/tfjs';
import { InputError } from '../../common/errors';
import { adaptiveAveragePool } from '../operations/resample';
import { defineMethod } from './method';
import { mapSizes, sampleShape } from './shapes';

/**
 * The mean square between the student's projected map and the teacher's last one, which the teacher's own classifier
 * reads in both. The projector is a part of the student (`student.teacherClassifier`), because the student needs it
 * after training too. A larger map of the teacher is averaged to the student's size. There is no loss of the task.
 */
export const simkd = defineMethod({
  name: 'simkd',
  title: 'Reused teacher classifier',
  summary: "Brings the student's last map to the teacher's, and reads it by the teacher's own classifier.",
  hooks: 'maps',
  publishedWeight: 1,
  reference: {
    paper: 'Chen et al.: Knowledge Distillation with the Reused Teacher Classifier. CVPR 2022',
    url: 'https://arxiv.org/abs/2203.14001',
    code: 'https://github.com/DefangChen/SimKD (models/util.py)',
  },
  alsoNeeds:
    "A student that ends in the teacher's classifier (`student.teacherClassifier`), whose layer `projector` is hooked, and `task.lossWeight` 0.",
  options: Type.Object({}, { additionalProperties: false }),

  create(_options, shapes) {
    const { student, teacher } = mapSizes('simkd', shapes);
    // No adapter may help: it would be missing after training.
    if (student.channels !== teacher.channels) {
      throw new InputError(
        `simkd needs maps of the same channels, but the student's layer gives ${sampleShape(shapes.student)} and the teacher's ${sampleShape(shapes.teacher)}; let the student end in a projector (student.teacherClassifier) and hook "projector"`,
      );
    }
    if (student.height > teacher.height || student.width > teacher.width) {
      throw new InputError(
        `simkd needs a student's map no larger than the teacher's, but it gives ${sampleShape(shapes.student)} and the teacher's ${sampleShape(shapes.teacher)}; average it in the projector (student.teacherClassifier.pool)`,
      );
    }
    return (inputs) => {
      const target = adaptiveAveragePool(inputs.teacher as tf.Tensor4D, student.height, student.width);
      return tf.mean<tf.Scalar>(tf.squaredDifference(inputs.student, target));
    };
  },
});
