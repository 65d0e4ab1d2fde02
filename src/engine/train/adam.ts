import * as tf from '@tensorflow/tfjs';
import type { OptimizerSettings } from '../../recipe/schema';
import type { UpdateRule } from './update-rule';

/**
 * Adam (Kingma and Ba, ICLR 2015, algorithm 1) and AdamW (Loshchilov and Hutter, ICLR 2019, algorithm 2), as
 * `torch.optim` has them: Adam adds the decay to the gradient, AdamW shrinks the weight by lr * decay.
 *
 * To save operations the moments are kept without their factors 1 - beta: `first` is the sum of beta1^k g and
 * `second` that of beta2^k g^2 over the steps k back. The factors and the bias corrections go into two numbers:
 * lr * m / (sqrt(v) + epsilon), both corrected, is rate * first / (sqrt(second) + floor).
 *
 * Steps are counted for all parameters together, as in Keras; PyTorch counts a parameter's own, which differs
 * where it had no gradient in some steps.
 */
export function adam({
  type,
  betas: [beta1, beta2],
  epsilon,
}: Extract<OptimizerSettings, { type: 'adam' | 'adamw' }>): UpdateRule {
  return {
    slots: ['first', 'second'],
    apply({ weight, gradient, slots, lr, weightDecay, step, constant }) {
      let start = weight;
      let slope = gradient;
      if (weightDecay > 0) {
        if (type === 'adamw') start = tf.mul(weight, constant(1 - lr * weightDecay));
        else slope = tf.add(gradient, tf.mul(weight, constant(weightDecay)));
      }
      const first = tf.add(slope, tf.mul(slots.first!, constant(beta1)));
      const second = tf.add(tf.square(slope), tf.mul(slots.second!, constant(beta2)));

      const scale = Math.sqrt((1 - beta2 ** step) / (1 - beta2));
      const rate = (lr * scale * (1 - beta1)) / (1 - beta1 ** step);
      const floor = epsilon * scale;
      const direction = tf.div(first, tf.add(tf.sqrt(second), constant(floor)));
      return { weight: tf.sub(start, tf.mul(direction, constant(rate))), slots: { first, second } };
    },
  };
}
