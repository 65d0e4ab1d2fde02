import assert from 'node:assert/strict';
import { changedRanges, type Edit, keepLast, moved } from '../../src/extension/lenses/keep';
import type { ModelSource } from '../../src/extension/common/model-syntax/model-source';
import { Syntax } from '../../src/extension/common/model-syntax/syntax';

const text = `export function first() { return tf.model({}); }
export function second() { return tf.sequential({ layers: [tf.layers.dense({ name: 'head' })] }); }
`;

function apply(before: string, edits: readonly Edit[], inserted: readonly string[]): string {
  let after = before;
  const pairs = edits.map((edit, index) => ({ edit, text: inserted[index]! }));
  for (const { edit, text: put } of pairs.sort((a, b) => b.edit.from - a.edit.from)) {
    after = after.slice(0, edit.from) + put + after.slice(edit.from + edit.removed);
  }
  return after;
}

async function read(source: string) {
  return new Syntax('typescript').read(source);
}

const names = (source: ModelSource): string[] => source.builders.map(({ name }) => name);

describe('keeping what was found through edits', () => {
  it('moves with the text', async () => {
    const before = (await read(text)).source;
    const at = [
      text.indexOf('export function first'),
      text.indexOf('export function second'),
      text.indexOf('head'),
    ];
    const inserted = ['// a comment\n', '/* b */ ', 'long'];
    const edits = at.map((from, index) => ({
      from,
      removed: index === 2 ? 4 : 0,
      inserted: inserted[index]!.length,
    }));
    const after = apply(text, edits, inserted);
    const found = moved(before, edits);
    const there = (await read(after)).source;
    assert.deepEqual(
      found.builders.map(({ nameSpan }) => after.slice(nameSpan.from, nameSpan.to)),
      ['first', 'second'],
    );
    assert.deepEqual(found.builders, there.builders);
    assert.deepEqual(
      found.layers.map(({ from, to }) => [from, to]),
      there.layers.map(({ from, to }) => [from, to]),
    );
  });

  it('drops what was deleted', async () => {
    const first = text.indexOf('\n') + 1;
    const found = moved((await read(text)).source, [{ from: 0, removed: first, inserted: 0 }]);
    assert.deepEqual(names(found), ['second']);
    assert.equal(found.layers.length, 1);
  });

  it('drops what was replaced, name and all', async () => {
    const source = (await read(text)).source;
    assert.deepEqual(names(moved(source, [{ from: 0, removed: text.length, inserted: 80 }])), []);
  });

  it('gives ranges before and after for edits in any order', () => {
    const edits = [
      { from: 20, removed: 5, inserted: 1 },
      { from: 3, removed: 0, inserted: 10 },
    ];
    assert.deepEqual(changedRanges(edits), [
      { fromA: 3, toA: 3, fromB: 3, toB: 13 },
      { fromA: 20, toA: 25, fromB: 30, toB: 31 },
    ]);
  });

  it('shows the last good state while the text is half typed', async () => {
    const last = (await read(text)).source;
    const at = text.indexOf('tf.model');
    const half = text.slice(0, at) + '({' + text.slice(at);
    const now = await read(half);
    assert.equal(now.isWhole, false);
    const shown = keepLast(now, moved(last, [{ from: at, removed: 0, inserted: 2 }]));
    assert.deepEqual(names(shown), ['first', 'second']);
    assert.deepEqual(
      shown.builders.map(({ nameSpan }) => half.slice(nameSpan.from, nameSpan.to)),
      ['first', 'second'],
    );
  });

  it('forgets it once the text is whole', async () => {
    const last = (await read(text)).source;
    assert.deepEqual(names(keepLast(await read('const x = 1;'), last)), []);
  });

  it('shows a function under its new name at once', async () => {
    const renamed = text.replace('first', 'other') + 'const x = {';
    const last = (await read(text)).source;
    assert.deepEqual(names(keepLast(await read(renamed), last)), ['other', 'second']);
  });
});
