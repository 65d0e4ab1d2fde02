import * as tf from '@tensorflow/tfjs';
import { randomSource } from '../../common/random';
import type { WeightFactory } from './method';

/** A factory that keeps what it makes in `made`, drawn from the seed. */
export function seededWeights(seed: number, made: Record<string, tf.Variable>): WeightFactory {
  const make = (
    name: string,
    shape: readonly number[],
    value: () => number,
    trainable = true,
  ): tf.Variable => {
    const values = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, value);
    return (made[name] = tf.tidy(() => tf.variable(tf.tensor(values, [...shape]), trainable)));
  };
  return {
    uniform: (name, shape, fanIn) => {
      const random = randomSource(seed, name);
      const bound = 1 / Math.sqrt(fanIn);
      return make(name, shape, () => bound * (2 * random() - 1));
    },
    normal: (name, shape, deviation) => {
      const random = randomSource(seed, name);
      // Box and Muller.
      const draw = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
      return make(name, shape, () => deviation * draw());
    },
    constant: (name, shape, value) => make(name, shape, () => value),
    state: (name, shape, draw) => {
      const random = randomSource(seed, name);
      return make(name, shape, () => draw(random), false);
    },
  };
}
