import assert from 'node:assert/strict';
import type { Rows } from '../../src/protocol/panel-charts';
import { bandOf } from '../../src/extension/panel/reader/band';
import { meanConfusion } from '../../src/extension/panel/reader/predictions';

function rows(step: number[], seconds: number[], columns: Record<string, number[]>): Rows {
  return {
    table: 'validation',
    linesPerRow: 1,
    step: Float64Array.from(step),
    epoch: Float64Array.from(step, (value) => value / 10),
    seconds: Float64Array.from(seconds),
    columns: Object.fromEntries(
      Object.entries(columns).map(([name, values]) => [name, { mean: Float64Array.from(values) }]),
    ),
  };
}

describe('mean and band over runs', () => {
  it('are mean ± sample standard deviation at each step', () => {
    // 1, 2 and 6: mean 3, squares 4 + 1 + 9, over n - 1 = 2: deviation √7.
    const band = bandOf([
      rows([10], [1], { accuracy: [1] }),
      rows([10], [2], { accuracy: [2] }),
      rows([10], [3], { accuracy: [6] }),
    ]);
    assert.deepEqual([...band.step], [10]);
    assert.deepEqual([...band.seconds], [2]);
    const { mean, low, high } = band.columns.accuracy!;
    assert.equal(mean[0], 3);
    assert.ok(Math.abs(low![0]! - (3 - Math.sqrt(7))) < 1e-12);
    assert.ok(Math.abs(high![0]! - (3 + Math.sqrt(7))) < 1e-12);
  });

  it('take the runs that have a step; a single one has no width', () => {
    const band = bandOf([
      rows([10, 20], [1, 2], { accuracy: [0.5, 0.7] }),
      rows([10, 15], [3, 4], { accuracy: [0.5, 0.6] }),
    ]);
    assert.deepEqual([...band.step], [10, 15, 20]);
    assert.deepEqual([...band.columns.accuracy!.mean], [0.5, 0.6, 0.7]);
    assert.deepEqual([...band.columns.accuracy!.low!], [0.5, 0.6, 0.7]);
    assert.deepEqual([...band.columns.accuracy!.high!], [0.5, 0.6, 0.7]);
  });

  it('never let an axis go back where a slow run ends first', () => {
    const band = bandOf([rows([10], [100], { loss: [1] }), rows([10, 20], [1, 2], { loss: [1, 1] })]);
    assert.deepEqual([...band.seconds], [50.5, 50.5]);
  });

  it('leave out what a run lacks or could not compute', () => {
    const band = bandOf([
      rows([10], [1], { loss: [Number.NaN], 'term kd': [4] }),
      rows([10], [1], { loss: [2] }),
    ]);
    assert.deepEqual([...band.columns.loss!.mean], [2]);
    assert.deepEqual([...band.columns['term kd']!.mean], [4]);
    const nothing = bandOf([
      rows([10], [1], { loss: [Number.NaN] }),
      rows([10], [1], { loss: [Number.NaN] }),
    ]);
    assert.deepEqual([...nothing.columns.loss!.mean], [Number.NaN]);
  });
});

describe('the mean confusion matrix', () => {
  const classNames = ['cat', 'dog'];
  it('is scaled to the images that it is compared with', () => {
    const one = { classNames, truth: [0, 0, 1, 1], predicted: [0, 0, 1, 1] };
    const other = { classNames, truth: [0, 1], predicted: [1, 1] };
    const mean = meanConfusion([one, other], { classNames, truth: [0, 0, 0, 0] });
    // Of 4 images: (2, 0; 0, 2) and twice (0, 1; 0, 1), halved.
    assert.deepEqual([...mean!], [1, 1, 0, 2]);
  });

  it('needs runs on the same number of classes', () => {
    const run = { classNames: ['a', 'b', 'c'], truth: [0], predicted: [0] };
    assert.equal(meanConfusion([run], { classNames, truth: [0] }), undefined);
  });
});
