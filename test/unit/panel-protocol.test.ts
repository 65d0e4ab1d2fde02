import assert from 'node:assert/strict';
import vm from 'node:vm';
import { DEFAULT_VIEW, isHostMessage, isPageMessage } from '../../src/protocol/panel';

const rows = {
  table: 'train',
  linesPerRow: 2,
  step: Float64Array.of(10, 20),
  epoch: Float64Array.of(0.5, 1),
  seconds: Float64Array.of(1, 2),
  columns: { loss: { mean: Float64Array.of(1, Number.NaN), low: Float64Array.of(0, Number.NaN) } },
};

const snapshot = {
  type: 'snapshot',
  number: 0,
  subject: { kind: 'run', keys: ['/w/.retort/runs/20261122-101500-k3f9'] },
  view: DEFAULT_VIEW,
  reading: true,
};

describe('the panel’s messages', () => {
  it('go through when they are of the protocol', () => {
    assert.ok(isHostMessage(snapshot));
    assert.ok(isHostMessage({ type: 'delta', number: 1, tables: [{ keep: 0, rows }] }));
    assert.ok(isHostMessage({ type: 'zoomed', id: 3, rows }));
    assert.ok(isPageMessage({ type: 'ready' }));
    assert.ok(isPageMessage({ type: 'view', view: { ...DEFAULT_VIEW, overlays: ['a'] } }));
    assert.ok(isPageMessage({ type: 'export', format: 'png', name: 'loss', bytes: Uint8Array.of(1) }));
  });

  it('are refused with an entry too many, too few or of another type', () => {
    assert.ok(!isHostMessage({ ...snapshot, more: 1 }));
    assert.ok(!isHostMessage({ type: 'delta' }));
    assert.ok(!isHostMessage({ type: 'delta', number: 1.5 }));
    assert.ok(!isHostMessage({ type: 'zoomed', id: 3, rows: { ...rows, step: [10, 20] } }));
    assert.ok(!isHostMessage({ type: 'zoomed', id: 3, rows: { ...rows, step: Float32Array.of(10) } }));
    assert.ok(!isPageMessage({ type: 'action', action: 'delete' }));
    assert.ok(!isPageMessage({ type: 'view', view: { ...DEFAULT_VIEW, smoothing: Number.NaN } }));
    assert.ok(!isPageMessage({ type: 'openRun' }));
    assert.ok(!isPageMessage(null));
    assert.ok(!isPageMessage('ready'));
  });

  it('may carry arrays of another realm, as those through postMessage are', () => {
    const step = vm.runInNewContext('Float64Array.of(10, 20)') as unknown;
    assert.ok(!(step instanceof Float64Array));
    assert.ok(isHostMessage({ type: 'zoomed', id: 3, rows: { ...rows, step } }));
  });

  it('are checked where code from strings is forbidden, as in the page', () => {
    const evaluate = globalThis.Function;
    globalThis.Function = function forbidden(): never {
      throw new Error('no code from strings');
    } as unknown as FunctionConstructor;
    try {
      assert.ok(isHostMessage(snapshot));
    } finally {
      globalThis.Function = evaluate;
    }
  });
});
