import assert from 'node:assert/strict';
import { difference, heat, HEAT_STEPS, rowSums } from '../../webview/views/heat';
import { toRgba } from '../../webview/views/pixels';

describe('predictions on the page', () => {
  const matrix = Float64Array.of(8, 2, 0, 10);

  it('colours a confusion by its share of the row', () => {
    const sums = rowSums(matrix, 2);
    assert.deepEqual(sums, [10, 10]);
    assert.equal(heat(10, 10), HEAT_STEPS);
    assert.equal(heat(0, 10), 0);
    // One in a thousand is seen, if faintly.
    assert.equal(heat(1, 1000), 1);
    assert.equal(heat(5, 0), 0);
    assert.equal(heat(50, 10), HEAT_STEPS);
  });

  it('shows what is more than in the baseline’s matrix', () => {
    assert.deepEqual([...difference(matrix, Float64Array.of(7, 3, 1, 9))], [1, -1, -1, 1]);
  });

  it('turns grey and coloured bytes into opaque pixels', () => {
    const grey = { width: 2, height: 1, channels: 1, pixels: Uint8Array.of(7, 200) } as const;
    assert.deepEqual([...toRgba(grey)], [7, 7, 7, 255, 200, 200, 200, 255]);
    const coloured = { width: 1, height: 1, channels: 3, pixels: Uint8Array.of(1, 2, 3) } as const;
    assert.deepEqual([...toRgba(coloured)], [1, 2, 3, 255]);
  });

  it('leaves pixels that are missing transparent', () => {
    const short = { width: 2, height: 1, channels: 3, pixels: Uint8Array.of(1, 2, 3, 4) } as const;
    assert.deepEqual([...toRgba(short)], [1, 2, 3, 255, 0, 0, 0, 0]);
  });
});
