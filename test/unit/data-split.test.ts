import assert from 'node:assert/strict';
import { chooseNormalization, createNormalizer, measureNormalization } from '../../src/data/normalization';
import { splitTraining } from '../../src/data/split';
import { inputError } from './data-helpers';

const validation = { fraction: 0.1, splitSeed: 0 };

describe('data: validation split', () => {
  it('parts the training images without loss or overlap', () => {
    const split = splitTraining(1003, { train: {}, validation });
    assert.equal(split.validation.length, 100);
    assert.equal(split.train.length, 903);
    const all = [...split.train, ...split.validation].sort((a, b) => a - b);
    assert.deepEqual(
      all,
      Array.from({ length: 1003 }, (_, index) => index),
    );
  });

  it('does not depend on the limits: what is held out stays out', () => {
    const whole = splitTraining(1000, { train: {}, validation });
    const held = new Set(whole.validation);
    for (const limit of [1, 50, 899, 5000]) {
      const limited = splitTraining(1000, { train: { limit }, validation: { ...validation, limit } });
      assert.deepEqual(limited.train, whole.train.slice(0, limit), 'a smaller limit is part of a larger one');
      assert.deepEqual(limited.validation, whole.validation.slice(0, limit));
      assert.ok(limited.train.every((index) => !held.has(index)));
    }
  });

  it('is drawn by its seed, and differs between seeds', () => {
    const draw = (splitSeed: number): Uint32Array =>
      splitTraining(1000, { train: {}, validation: { fraction: 0.1, splitSeed } }).validation;
    assert.deepEqual(draw(3), draw(3));
    const common = [...draw(0)].filter((index) => draw(1).includes(index)).length;
    // 100 of 1000, drawn twice: 10 in common are expected, with a standard deviation of 2.8.
    assert.ok(common < 30, `${common} in common`);
  });

  it('takes from all over the set, so that an ordered one is split fairly', () => {
    const { validation: held, train } = splitTraining(10_000, { train: { limit: 1000 }, validation });
    for (const part of [held, train]) {
      const firstHalf = part.filter((index) => index < 5000).length / part.length;
      assert.ok(Math.abs(firstHalf - 0.5) < 0.08, `${firstHalf} of the first half`);
    }
  });

  it('a fraction of 0 holds nothing out', () => {
    const split = splitTraining(10, { train: {}, validation: { fraction: 0, splitSeed: 0 } });
    assert.equal(split.validation.length, 0);
    assert.equal(split.train.length, 10);
  });
});

describe('data: normalisation', () => {
  it('writes (value / 255 - mean) / std of each channel', () => {
    const normalize = createNormalizer({ mean: [0.2, 0.5], std: [0.1, 2] });
    const values = new Float32Array(4);
    normalize(Uint8Array.of(0, 255, 51, 102), values);
    const expected = [-2, 0.25, 0, -0.05];
    values.forEach((value, place) => assert.ok(Math.abs(value - expected[place]!) < 1e-6));
  });

  it('is measured so that it gives mean 0 and deviation 1', () => {
    const bytes = Uint8Array.from(
      { length: 3000 },
      (_, place) => (place * place * 31) % (100 + 70 * (place % 2)),
    );
    const values = new Float32Array(bytes.length);
    createNormalizer(measureNormalization(bytes, 2))(bytes, values);
    for (const channel of [0, 1]) {
      const own = [...values].filter((_, place) => place % 2 === channel);
      const mean = own.reduce((sum, value) => sum + value, 0) / own.length;
      const variance = own.reduce((sum, value) => sum + value ** 2, 0) / own.length;
      assert.ok(Math.abs(mean) < 1e-5 && Math.abs(variance - 1) < 1e-5, `${mean}, ${variance}`);
    }
  });

  it('a channel that never changes is shifted only', () => {
    assert.deepEqual(measureNormalization(Uint8Array.of(51, 51), 1), { mean: [0.2], std: [1] });
  });

  it("the recipe's replaces the dataset's, one value for all channels or one for each", () => {
    const own = { mean: [0.1, 0.2, 0.3], std: [1, 1, 1] };
    assert.equal(chooseNormalization(undefined, own, 3), own);
    assert.deepEqual(chooseNormalization({ mean: [0.5], std: [0.2, 0.3, 0.4] }, own, 3), {
      mean: [0.5, 0.5, 0.5],
      std: [0.2, 0.3, 0.4],
    });
    assert.throws(
      () => chooseNormalization({ mean: [0.5], std: [0.2, 0.3] }, own, 3),
      inputError('data.normalize.std: 2 values, but the images have 3 channels'),
    );
  });
});
