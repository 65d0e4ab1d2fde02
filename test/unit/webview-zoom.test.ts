import assert from 'node:assert/strict';
import type { Zoom } from '../../src/protocol/panel';
import { fromSnapshot, type PanelState } from '../../webview/state';
import { ZoomStore } from '../../webview/zoom';
import { snapshot, STEPS_AN_EPOCH, trainRows } from '../page/example';

const stateUpTo = (step: number, linesPerRow: number): PanelState =>
  fromSnapshot(snapshot({ tables: [{ keep: 0, rows: trainRows(4, step, linesPerRow) }] }));

describe('zooming', () => {
  const asked: Zoom[] = [];
  let store: ZoomStore;

  beforeEach(() => {
    asked.length = 0;
    store = new ZoomStore((request) => asked.push(request));
  });

  it('asks for finer rows of what stands for many lines, on the axis that is shown', () => {
    store.set({ min: 1, max: 2 }, stateUpTo(700, 16));
    assert.deepEqual(
      asked.map(({ id: _, ...request }) => request),
      [{ type: 'zoom', table: 'train', axis: 'epoch', from: 1, to: 2 }],
    );
  });

  it('asks for nothing where each row is one line already', () => {
    store.set({ min: 1, max: 2 }, stateUpTo(700, 1));
    assert.deepEqual(asked, []);
    assert.deepEqual(store.zoom?.range, { min: 1, max: 2 });
  });

  it('takes the answer to its latest request alone', () => {
    store.set({ min: 1, max: 2 }, stateUpTo(700, 16));
    store.set({ min: 1, max: 1.5 }, stateUpTo(700, 16));
    const [old, latest] = asked;
    const fine = trainRows(STEPS_AN_EPOCH, 1.5 * STEPS_AN_EPOCH);
    store.take({ type: 'zoomed', id: old!.id, rows: fine });
    assert.deepEqual(store.zoom?.rows, {});
    store.take({ type: 'zoomed', id: latest!.id, rows: fine });
    assert.equal(store.zoom?.rows.train, fine);
  });

  it('asks again while the stretch reaches beyond the last row, once for each growth', () => {
    store.set({ min: 1, max: 9 }, stateUpTo(700, 16));
    store.follow(stateUpTo(716, 16));
    assert.equal(asked.length, 1, 'not before the answer');
    store.take({ type: 'zoomed', id: asked[0]!.id, rows: trainRows(140, 700) });
    store.follow(stateUpTo(700, 16));
    assert.equal(asked.length, 1, 'not without growth');
    store.follow(stateUpTo(764, 16));
    assert.equal(asked.length, 2);
  });

  it('does not ask again for a stretch of the past', () => {
    store.set({ min: 1, max: 2 }, stateUpTo(700, 16));
    store.take({ type: 'zoomed', id: asked[0]!.id, rows: trainRows(140, 280) });
    store.follow(stateUpTo(1400, 16));
    assert.equal(asked.length, 1);
  });

  it('ends when the axis changes', () => {
    store.set({ min: 1, max: 2 }, stateUpTo(700, 16));
    const state = stateUpTo(700, 16);
    store.follow({ ...state, view: { ...state.view, axis: 'step' } });
    assert.equal(store.zoom, undefined);
  });
});
