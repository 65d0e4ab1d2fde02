import * as assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { ready } from '../../src/engine/backends';
import { ExponentialMovingAverage } from '../../src/engine/train/ema';

describe('the moving average of weights', () => {
  let variable: tf.Variable;
  let average: ExponentialMovingAverage;
  const value = (): number => variable.dataSync()[0]!;
  const set = (to: number): void => tf.tidy(() => variable.assign(tf.scalar(to)));
  const averaged = (): number => average.state().w!.dataSync()[0]!;

  before(() => ready());

  beforeEach(() => {
    variable = tf.tidy(() => tf.variable(tf.scalar(1)));
    const weight = { read: () => variable, write: (to: tf.Tensor) => variable.assign(to) };
    average = new ExponentialMovingAverage(new Map([['w', weight]]), 0.5);
  });

  afterEach(() => {
    average.dispose();
    variable.dispose();
  });

  it('starts as the weights, then follows by min(decay, (1 + n) / (10 + n))', () => {
    assert.equal(averaged(), 1);
    let expected = 1;
    for (let step = 1; step <= 20; step++) {
      set(step * step);
      average.update(step);
      const decay = Math.min(0.5, (1 + step) / (10 + step));
      expected = decay * expected + (1 - decay) * step * step;
      assert.ok(Math.abs(averaged() - expected) < 1e-5 * expected, `step ${step}`);
    }
  });

  it('stands in for the weights and gives them back', () => {
    set(9);
    average.apply();
    assert.equal(value(), 1);
    assert.throws(() => average.update(1), /in use/);
    average.restore();
    assert.equal(value(), 9);
    assert.equal(averaged(), 1);
  });

  it('goes on from its state', () => {
    tf.tidy(() => average.setState({ w: tf.scalar(5) }));
    assert.equal(averaged(), 5);
    tf.tidy(() => {
      assert.throws(() => average.setState({}), { name: 'InputError', message: /"w" is missing/ });
      assert.throws(() => average.setState({ w: tf.zeros([2]) }), { name: 'InputError' });
    });
  });

  it('leaves no tensor behind', () => {
    const before = tf.memory().numTensors;
    average.update(1);
    average.apply();
    average.restore();
    average.update(2);
    assert.equal(tf.memory().numTensors, before);
  });
});
