import * as tf from '@tensorflow/tfjs';
import type { OptimizerSettings } from '../../recipe/schema';
import type { UpdateRule } from './update-rule';

/**
 * SGD as `torch.optim.SGD` has it: the decay is added to the gradient before the momentum, whose buffer is the
 * plain sum d + momentum * buffer (no dampening), and the learning rate multiplies last.
 */
export function sgd({ momentum, nesterov }: Extract<OptimizerSettings, { type: 'sgd' }>): UpdateRule {
  return {
    slots: momentum > 0 ? ['momentum'] : [],
    apply({ weight, gradient, slots, lr, weightDecay, constant }) {
      const descend = (direction: tf.Tensor): tf.Tensor => tf.sub(weight, tf.mul(direction, constant(lr)));
      const decayed = weightDecay > 0 ? tf.add(gradient, tf.mul(weight, constant(weightDecay))) : gradient;
      if (momentum === 0) return { weight: descend(decayed), slots: {} };
      const buffer = tf.add(decayed, tf.mul(slots.momentum!, constant(momentum)));
      const direction = nesterov ? tf.add(decayed, tf.mul(buffer, constant(momentum))) : buffer;
      return { weight: descend(direction), slots: { momentum: buffer } };
    },
  };
}
