import * as tf from '@tensorflow/tfjs';
import { assignAll } from '../assign';

/** A weight that is followed: any of a model's, trainable or not. */
interface FollowedWeight {
  read(): tf.Tensor;
  write(value: tf.Tensor): void;
}

/**
 * The exponential moving average of a model's weights. The moving averages of batch normalisation are followed
 * like any weight, as `timm.utils.ModelEma` does. It starts as the weights themselves, and step n uses the decay
 * min(decay, (1 + n) / (10 + n)), so that the untrained weights don't linger: the `num_updates` of
 * TensorFlow's `tf.train.ExponentialMovingAverage`.
 */
export class ExponentialMovingAverage {
  private readonly averages: Record<string, tf.Variable>;
  /** The trained weights, while the averages stand in their place. */
  private aside: ReadonlyMap<string, tf.Tensor> | undefined;

  constructor(
    private readonly weights: ReadonlyMap<string, FollowedWeight>,
    private readonly decay: number,
  ) {
    this.averages = Object.fromEntries(
      [...weights].map(([name, weight]) => [name, tf.variable(weight.read(), false)]),
    );
  }

  /** Takes in the weights as they are after the nth optimizer step. */
  update(step: number): void {
    if (this.aside) throw new Error('The averages are in use; restore the weights first');
    const decay = Math.min(this.decay, (1 + step) / (10 + step));
    const share = tf.scalar(1 - decay);
    for (const [name, weight] of this.weights) {
      const average = this.averages[name]!;
      tf.tidy(() => average.assign(tf.add(average, tf.mul(tf.sub(weight.read(), average), share))));
    }
    share.dispose();
  }

  /** Puts the averages in the place of the weights, for an evaluation or an export, until `restore`. */
  apply(): void {
    if (this.aside) throw new Error('The averages are in use already');
    this.aside = new Map([...this.weights].map(([name, weight]) => [name, tf.keep(weight.read().clone())]));
    for (const [name, weight] of this.weights) weight.write(this.averages[name]!);
  }

  /** Puts the trained weights back. */
  restore(): void {
    if (!this.aside) return;
    for (const [name, weight] of this.weights) weight.write(this.aside.get(name)!);
    tf.dispose([...this.aside.values()]);
    this.aside = undefined;
  }

  /** The averages by weight name, alive: to be cloned by whoever keeps them. */
  state(): Record<string, tf.Tensor> {
    return { ...this.averages };
  }

  /** Puts back what `state` gave; `InputError` when names or shapes are not those of the weights. */
  setState(values: Readonly<Record<string, tf.Tensor>>): void {
    assignAll('The moving average', this.averages, values);
  }

  dispose(): void {
    this.restore();
    tf.dispose(this.averages);
  }
}
