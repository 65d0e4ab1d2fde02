import assert from 'node:assert/strict';
import type { Rows } from '../../src/protocol/panel-charts';
import { fromSnapshot, withDelta } from '../../webview/state';
import { delta, header, rows, snapshot } from '../page/example';

const table = (from: number, values: readonly number[]): Rows =>
  rows(
    'train',
    values.map((_, index) => from + index),
    { loss: (_, step) => values[step - from]! },
  );

describe('state of the panel’s page', () => {
  const first = fromSnapshot(
    snapshot({ number: 7, tables: [{ keep: 0, rows: table(1, [10, 20, 30]) }], log: undefined as never }),
  );

  it('takes deltas that follow by one, and keeps what they do not name', () => {
    const next = withDelta(first, delta(8, { header: header({ state: 'done' }) }));
    assert.equal(next?.number, 8);
    assert.equal(next.header?.state, 'done');
    assert.equal(next.cards, first.cards);
    assert.deepEqual(next.tables.train, first.tables.train);
  });

  it('refuses a delta after a gap, and one that was there before', () => {
    assert.equal(withDelta(first, delta(9)), undefined);
    assert.equal(withDelta(first, delta(7)), undefined);
  });

  it('keeps the first rows of a table and puts others after them', () => {
    const next = withDelta(first, delta(8, { tables: [{ keep: 2, rows: table(3, [31, 40]) }] }));
    assert.deepEqual([...next!.tables.train!.columns.loss!.mean], [10, 20, 31, 40]);
    assert.deepEqual([...next!.tables.train!.step], [1, 2, 3, 4]);
  });

  it('joins the extremes of rows that stand for many lines', () => {
    const wide = (steps: readonly number[], spread: number): Rows =>
      rows('train', steps, { loss: (_, step) => step }, { spread, linesPerRow: 2 });
    const before = fromSnapshot(snapshot({ number: 0, tables: [{ keep: 0, rows: wide([1, 2], 0.5) }] }));
    const next = withDelta(before, delta(1, { tables: [{ keep: 1, rows: wide([2, 3], 0.25) }] }));
    assert.deepEqual([...next!.tables.train!.columns.loss!.low!], [0.5, 1.75, 2.75]);
    assert.deepEqual([...next!.tables.train!.columns.loss!.high!], [1.5, 2.25, 3.25]);
  });

  it('replaces a table that keeps nothing, columns included', () => {
    const other = rows('train', [1], { accuracy: () => 0.5 });
    const next = withDelta(first, delta(8, { tables: [{ keep: 0, rows: other }] }));
    assert.deepEqual(Object.keys(next!.tables.train!.columns), ['accuracy']);
  });

  it('asks for the whole where a change does not fit the table that it has', () => {
    const tooMany = delta(8, { tables: [{ keep: 4, rows: table(5, [50]) }] });
    const unknown = delta(8, { tables: [{ keep: 1, rows: { ...table(2, [5]), table: 'validation' } }] });
    assert.equal(withDelta(first, tooMany), undefined);
    assert.equal(withDelta(first, unknown), undefined);
  });
});
