import * as tf from '@tensorflow/tfjs';
import type { DistillationMethod, Shape } from '../methods/method';
import { seededWeights } from '../methods/weights';

/** Whether two feature maps [N, H, W, C] have the same size and differ in channels alone. */
export function differInChannelsOnly({ student, teacher }: { student: Shape; teacher: Shape }): boolean {
  if (student.length !== 4 || teacher.length !== 4) return false;
  const sameSize = student[1] === teacher[1] && student[2] === teacher[2];
  return sameSize && student[3] !== teacher[3];
}

/**
 * Puts a trainable 1x1 convolution with bias in front of a method, from the student's channels to the teacher's,
 * initialised as PyTorch initialises a convolution. Its weights are `adapter/kernel` [1, 1, Cs, Ct] and
 * `adapter/bias` [Ct], beside the method's own.
 */
export function adaptChannels(
  method: DistillationMethod,
  { student, teacher }: { student: Shape; teacher: Shape },
  seed: number,
): DistillationMethod {
  const [from, to] = [student[3]!, teacher[3]!];
  const own: Record<string, tf.Variable> = {};
  const factory = seededWeights(seed, own);
  const kernel = factory.uniform('adapter/kernel', [1, 1, from, to], from) as tf.Variable<tf.Rank.R4>;
  const bias = factory.uniform('adapter/bias', [to], from);
  return {
    weights: { ...method.weights, ...own },
    setWeights(values) {
      const rest = Object.entries(values).filter(([name]) => !(name in own));
      for (const [name, variable] of Object.entries(own)) if (values[name]) variable.assign(values[name]);
      method.setWeights(Object.fromEntries(rest));
    },
    loss: (inputs) =>
      tf.tidy(() => {
        const adapted = tf.conv2d(inputs.student as tf.Tensor4D, kernel, 1, 'same').add(bias);
        return method.loss({ ...inputs, student: adapted });
      }),
    dispose() {
      method.dispose();
      tf.dispose(own);
    },
  };
}
