import assert from 'node:assert/strict';
import { randomSource } from '../../src/common/random';
import { Negatives } from '../../src/engine/methods/negatives';

/** Ids 0 to 9; three are not trained on. */
const labels = Int32Array.from([2, 0, -1, 1, 1, -1, 2, 0, -1, 1]);
/** The classes by row. */
const rows = [2, 0, 1, 1, 2, 0, 1];

describe('negatives', () => {
  const negatives = new Negatives('crd', labels);

  it('count the training samples alone, in the order of their ids', () => {
    assert.equal(negatives.rows, 7);
    assert.deepEqual([...negatives.rowsOf([0, 1, 3, 9])], [0, 1, 2, 6]);
  });

  it('are of other classes, each at most once where there are enough', () => {
    for (let seed = 0; seed < 50; seed++) {
      for (const [row, label] of rows.entries()) {
        const drawn = [...negatives.draw(row, 4, randomSource(seed))];
        assert.equal(new Set(drawn).size, 4);
        assert.ok(
          drawn.every((other) => rows[other] !== label),
          drawn.join(),
        );
      }
    }
  });

  it('are drawn again and again where there are not enough', () => {
    const drawn = [...negatives.draw(2, 1000, randomSource(1))];
    assert.deepEqual([...new Set(drawn)].sort(), [0, 1, 4, 5]);
  });

  it('depend on the random numbers alone, not on what was drawn before', () => {
    const first = negatives.draw(0, 3, randomSource(5));
    negatives.draw(1, 4, randomSource(6));
    negatives.draw(3, 2, randomSource(7));
    assert.deepEqual(negatives.draw(0, 3, randomSource(5)), first);
    assert.notDeepEqual(negatives.draw(0, 3, randomSource(8)), first);
  });

  it('are as likely as each other, with and without replacement', () => {
    for (const count of [2, 5]) {
      const times = 4000;
      const random = randomSource('likely', count);
      const counts = new Map<number, number>();
      for (let time = 0; time < times; time++) {
        for (const other of negatives.draw(6, count, random)) counts.set(other, (counts.get(other) ?? 0) + 1);
      }
      // Four others; the deviation of a count is at most that of as many throws with replacement.
      const [expected, deviation] = [(times * count) / 4, Math.sqrt(times * count * 0.25 * 0.75)];
      assert.deepEqual([...counts.keys()].sort(), [0, 1, 4, 5]);
      for (const seen of counts.values()) assert.ok(Math.abs(seen - expected) < 5 * deviation, `${seen}`);
    }
  });

  it('refuse other ids, and data of one class', () => {
    for (const id of [2, 10, -1]) {
      assert.throws(() => negatives.rowsOf([0, id]), {
        name: 'InputError',
        message: `crd: ${id} is not the id of a training sample`,
      });
    }
    assert.throws(() => new Negatives('crd', Int32Array.from([1, -1, 1])), {
      name: 'InputError',
      message: 'crd needs training samples of at least two classes',
    });
  });
});
