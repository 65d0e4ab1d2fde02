import assert from 'node:assert/strict';
import { ready } from '../../src/engine/backends';
import { loadModel } from '../../src/engine/models/load';
import type { Layer } from '../../src/engine/models/model';
import { networks } from '../../src/engine/models/networks';
import {
  isHookable,
  listsOf,
  type PairableLayer,
  pairLayers,
  pairStages,
  rankTeacherLayers,
} from '../../src/recipe/pair-layers';

async function layersOf(name: string, size: number): Promise<readonly Layer[]> {
  const model = await loadModel({
    reference: `builtin:${name}`,
    args: {},
    inputShape: [size, size, 3],
    classes: 10,
    seed: 0,
    base: __dirname,
    workspace: __dirname,
  });
  model.dispose();
  return model.layers;
}

const map = (id: string, side: number, className = 'Activation'): PairableLayer => ({
  id,
  className,
  outputShape: [side, side, 8],
});
const vector = (id: string, size: number, className: string): PairableLayer => ({
  id,
  className,
  outputShape: [size],
});
const ids = (layers: readonly PairableLayer[]): string[] => layers.map(({ id }) => id);

describe('pairing layers', () => {
  before(() => ready());

  for (const [student, teacher] of [
    ['resnet8', 'resnet20'],
    ['resnet8', 'resnet32x4'],
    ['wrn-16-1', 'wrn-40-2'],
    ['vgg8', 'vgg13'],
  ] as const) {
    it(`pairs the stages of ${student} and ${teacher}, the last first`, async () => {
      const { stages } = networks.find(({ name }) => name === student)!;
      const pairs = pairLayers(await layersOf(student, 32), await layersOf(teacher, 32), 'maps');
      const expected = [...stages].reverse();
      const atEnds = pairs.filter((pair) => stages.includes(pair.student));
      assert.deepEqual(
        atEnds.map((pair) => pair.student),
        expected,
      );
      assert.deepEqual(
        atEnds.map((pair) => pair.teacher),
        expected,
      );
      assert.deepEqual(pairs[0], { student: expected[0], teacher: expected[0] });
    });
  }

  for (const [student, teacher] of [
    ['resnet8', 'resnet32x4'],
    ['wrn-16-1', 'wrn-40-2'],
  ] as const) {
    it(`takes the stages of ${student} and ${teacher}, in their order, for a method on several layers`, async () => {
      const { stages } = networks.find(({ name }) => name === student)!;
      const pairs = pairStages(await layersOf(student, 32), await layersOf(teacher, 32), 'maps');
      const best = pairs.filter(({ isBest }) => isBest);
      assert.deepEqual(listsOf(best), { student: stages, teacher: stages });
      assert.deepEqual(pairs.slice(0, best.length), best);
      const { student: all } = listsOf([...pairs].reverse());
      const order = (await layersOf(student, 32)).map(({ id }) => id);
      assert.deepEqual(
        all,
        order.filter((id) => all.includes(id)),
      );
    });
  }

  it('takes the last layers of each resolution where no stages are named, none behind the teacher’s', () => {
    const student = [map('a_1', 16), map('b_1', 16), map('c_1', 8), map('d_1', 4)];
    const teacher = [map('e_1', 16), map('f_1', 8)];
    const best = pairStages(student, teacher, 'maps').filter(({ isBest }) => isBest);
    assert.deepEqual(listsOf(best), { student: ['b_1', 'c_1'], teacher: ['e_1', 'f_1'] });
  });

  it('takes a given pair for the stage of its resolution, and keeps the order on both sides', () => {
    const stages = ['1', '2', '3'].map((level, index) => map(`stage${level}`, 32 >> index));
    const student = stages.flatMap((stage) => [{ ...stage, id: `inner_${stage.id}` }, stage]);
    const best = (given: { student: string; teacher: string }) =>
      listsOf(pairStages(student, stages, 'maps', given).filter(({ isBest }) => isBest));
    assert.deepEqual(best({ student: 'inner_stage2', teacher: 'stage2' }), {
      student: ['stage1', 'inner_stage2', 'stage3'],
      teacher: ['stage1', 'stage2', 'stage3'],
    });
    // What would stand behind its partner, or before it, is left out.
    assert.deepEqual(best({ student: 'stage2', teacher: 'stage3' }), {
      student: ['stage1', 'stage2'],
      teacher: ['stage1', 'stage3'],
    });
    const pairs = pairStages(student, stages, 'maps', { student: 'stage1', teacher: 'stage1' });
    assert.deepEqual(pairs, pairStages(student, stages, 'maps'));
  });

  it('pairs networks of different make by resolution', async () => {
    const [student, teacher] = [await layersOf('mobilenet-v2-cifar', 32), await layersOf('resnet20', 32)];
    const side = (layers: readonly Layer[], id: string): number | null =>
      layers.find((layer) => layer.id === id)!.outputShape[0]!;
    const pairs = pairLayers(student, teacher, 'maps').filter(
      (pair) => (side(student, pair.student) ?? 0) >= 8,
    );
    assert.ok(pairs.length > 20);
    for (const pair of pairs) assert.equal(side(student, pair.student), side(teacher, pair.teacher));
  });

  it('pairs the pooled vectors, not the logits', async () => {
    const pairs = pairLayers(await layersOf('resnet8', 32), await layersOf('resnet20', 32), 'vectors');
    assert.equal(pairs.length, 1);
    const teacher = (await layersOf('resnet20', 32)).find(({ id }) => id === pairs[0]!.teacher);
    assert.equal(teacher?.className, 'GlobalAveragePooling2D');
  });

  it('leaves logits out behind an activation of their own', () => {
    const layers = [vector('pool', 8, 'GlobalAveragePooling2D'), vector('features', 10, 'Dense')];
    const outputs = [vector('logits', 10, 'Dense'), vector('softmax', 10, 'Activation')];
    const pairs = pairLayers([...layers, ...outputs], [...layers, ...outputs], 'vectors');
    assert.deepEqual(new Set(pairs.map(({ student }) => student)), new Set(['pool', 'features']));
  });

  it('takes the nearest resolution where none is the same', () => {
    const teacher = [map('a', 32), map('b', 16), map('c', 2)];
    assert.deepEqual(ids(rankTeacherLayers('x', [map('x', 14)], teacher, 'maps')), ['b', 'a', 'c']);
  });

  it('ranks by depth within a resolution, and by name where that is level', () => {
    const student = [map('first', 8), map('middle', 8), map('last', 8)];
    const teacher = ['p', 'q', 'r', 's', 't'].map((id) => map(id, 8));
    assert.equal(rankTeacherLayers('first', student, teacher, 'maps')[0]!.id, 'p');
    assert.equal(rankTeacherLayers('middle', student, teacher, 'maps')[0]!.id, 'r');
    assert.equal(rankTeacherLayers('last', student, teacher, 'maps')[0]!.id, 't');
    const named = [map('same', 8), map('other', 8)];
    assert.equal(rankTeacherLayers('same', [map('same', 8)], named, 'maps')[0]!.id, 'same');
  });

  it('offers nothing for logits, and no layer that only passes its input on', () => {
    const layers = [map('input', 32, 'InputLayer'), map('x', 32), map('dropout', 32, 'Dropout')];
    assert.deepEqual(pairLayers(layers, layers, 'logits'), []);
    assert.deepEqual(pairLayers(layers, layers, 'maps'), [{ student: 'x', teacher: 'x' }]);
    assert.equal(isHookable(layers[0]!, 'maps'), false);
  });

  it('counts a side that is not known as one of any size', () => {
    const open: PairableLayer = { id: 'open', className: 'Conv2D', outputShape: [null, null, 8] };
    assert.deepEqual(pairLayers([open], [map('x', 8)], 'maps'), [{ student: 'open', teacher: 'x' }]);
  });
});
