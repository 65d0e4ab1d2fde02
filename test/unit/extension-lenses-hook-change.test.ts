import assert from 'node:assert/strict';
import type { TextEdit } from '../../src/extension/common/recipe-text';
import { editsToHook, type HookSides, pairOf, pairsAround } from '../../src/extension/lenses/hook-change';
import { readHooks, type RecipeHooks } from '../../src/extension/lenses/recipe-hooks';
import type { LayerSummary } from '../../src/protocol/inspector';
import { loadCatalogue } from '../../src/recipe/load-catalogue';

const layer = (id: string, side: number): LayerSummary => ({
  id,
  className: 'Activation',
  outputShape: [side, side, 8],
  parameters: 0,
  flops: 0,
  places: [],
});
const student = [layer('s1', 32), layer('inner', 16), layer('s2', 16), layer('s3', 8)];
const teacher = [layer('t1', 32), layer('t2', 16), layer('t3', 8)];

function sidesOf(recipe: Pick<RecipeHooks, 'hooks'>, changes: Partial<HookSides> = {}): HookSides {
  return { recipe, role: 'student', source: 'teacher', student, teacher, ...changes };
}

function apply(text: string, edits: TextEdit[]): string {
  return edits
    .sort((a, b) => b.start - a.start)
    .reduce((result, edit) => result.slice(0, edit.start) + edit.text + result.slice(edit.end), text);
}

const method = (name: string) => loadCatalogue().methods.find((one) => one.name === name)!;

/** The hooks of a recipe's text, as JSON says. */
const hooksOf = (text: string) => (JSON.parse(text) as { hooks: unknown[] }).hooks;

describe('hooking a layer', () => {
  const none = { hooks: [] };
  const empty = '{ "hooks": [] }';

  it('offers the layer’s own pair first, then the stages beside it', () => {
    const of = (pair: { student: string; teacher: string }) =>
      pairsAround(sidesOf(none), pair, 'maps').map((one) => [one.student, one.teacher, one.isBest]);
    assert.deepEqual(of({ student: 'inner', teacher: 't2' }), [
      ['inner', 't2', true],
      ['s1', 't1', true],
      ['s3', 't3', true],
      ['s2', 't2', false],
    ]);
    assert.deepEqual(of(pairOf('teacher', 't2', 's2'))[0], ['s2', 't2', true]);
  });

  it('writes one hook on several layers in the network’s order, with the published weight', () => {
    const pairs = pairsAround(sidesOf(none), { student: 's3', teacher: 't3' }, 'maps').filter(
      ({ isBest }) => isBest,
    );
    const edits = editsToHook(empty, sidesOf(none), method('afd'), pairs);
    assert.deepEqual(hooksOf(apply(empty, edits)), [
      {
        method: 'afd',
        student: ['s1', 's2', 's3'],
        teacher: ['t1', 't2', 't3'],
        weight: method('afd').publishedWeight,
      },
    ]);
  });

  it('writes whom it learns from where that is another teacher', () => {
    const sides = sidesOf(none, { source: 'deep' });
    const [pair] = pairsAround(sides, { student: 's2', teacher: 't2' }, 'maps');
    const [written] = hooksOf(apply(empty, editsToHook(empty, sides, method('at'), [pair!])));
    assert.deepEqual(Object.entries(written as object).slice(0, 4), [
      ['method', 'at'],
      ['from', 'deep'],
      ['student', 's2'],
      ['teacher', 't2'],
    ]);
  });

  const join = (
    lists: { student: string[]; teacher: string[] },
    name: string,
    own: string,
    partner: string,
  ) => {
    const text = JSON.stringify({ hooks: [{ method: 'kd' }, { method: name, ...lists, weight: 1 }] });
    const recipe = readHooks(text, '/w/r.json', '/w');
    const sides = sidesOf(recipe);
    const pairs = pairsAround(sides, { student: own, teacher: partner }, 'maps');
    return hooksOf(apply(text, editsToHook(text, sides, recipe.hooks[1]!, pairs.slice(0, 1))))[1];
  };

  it('adds it to a hook of the recipe where the network has it, with its partner', () => {
    const two = { student: ['s1', 's3'], teacher: ['t1', 't3'] };
    assert.deepEqual(join(two, 'fsp', 's2', 't2'), {
      method: 'fsp',
      student: ['s1', 's2', 's3'],
      teacher: ['t1', 't2', 't3'],
      weight: 1,
    });
    const deep = { student: ['s2', 's3'], teacher: ['t2', 't3'] };
    assert.deepEqual(join(deep, 'fsp', 's1', 't1'), {
      method: 'fsp',
      student: ['s1', 's2', 's3'],
      teacher: ['t1', 't2', 't3'],
      weight: 1,
    });
  });

  it('adds it alone where the lists make no pairs', () => {
    const uneven = { student: ['s1', 's2', 'inner'], teacher: ['t1', 't3'] };
    assert.deepEqual(join(uneven, 'afd', 's3', ''), {
      method: 'afd',
      student: ['s1', 's2', 'inner', 's3'],
      teacher: ['t1', 't3'],
      weight: 1,
    });
  });
});
