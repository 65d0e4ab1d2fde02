import assert from 'node:assert/strict';
import { smooth } from '../../webview/charts/smoothing';

const close = (actual: number | null | undefined, expected: number): void => {
  assert.ok(actual != null && Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);
};

describe('smoothing of curves', () => {
  it('leaves a constant as it is, from the first value on', () => {
    for (const value of smooth(new Array<number>(50).fill(0.7), 0.99)) close(value, 0.7);
  });

  it('gives the weighted mean of what has been, in closed form for a line', () => {
    for (const w of [0.3, 0.6, 0.99]) {
      smooth(
        Array.from({ length: 200 }, (_, index) => index + 1),
        w,
      ).forEach((value, index) => {
        const n = index + 1;
        const lag = (w * (1 - n * w ** (n - 1) + (n - 1) * w ** n)) / ((1 - w) * (1 - w ** n));
        assert.ok(Math.abs(value! - (n - lag)) < 1e-9, `n = ${n}, w = ${w}`);
      });
    }
  });

  it('weights two values as (w y1 + y2) / (1 + w)', () => {
    const [, second] = smooth([2, 5], 0.6);
    close(second, (0.6 * 2 + 5) / 1.6);
  });

  it('does not count places without a value', () => {
    assert.deepEqual(smooth([2, null, Number.NaN, 5], 0.6), [2, null, null, smooth([2, 5], 0.6)[1]]);
  });

  it('changes nothing at weight 0', () => {
    assert.deepEqual(smooth([3, null, 1], 0), [3, null, 1]);
  });
});
