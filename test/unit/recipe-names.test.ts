import * as assert from 'node:assert/strict';
import { formatKeyPath, parseKeyPath } from '../../src/recipe/key-path';
import { hookPairs } from '../../src/recipe/hook-pairs';
import { groupKey, variantOf } from '../../src/recipe/names';
import { parseRecipe } from '../../src/recipe/parse';
import { formatReference, isRunId, parseReference } from '../../src/recipe/reference';
import type { Recipe } from '../../src/recipe/schema';
import { catalogue } from '../fixtures/recipes/catalogue';
import { valid } from '../fixtures/recipes/valid';

const hookNames = (recipe: Recipe): string[] => hookPairs(recipe, catalogue.methods).map(({ name }) => name);

const parse = (...overrides: string[]) =>
  parseRecipe(valid, { file: 'r.distill.json', catalogue, overrides }).recipe;

describe('a reference', () => {
  it('is one of four kinds', () => {
    assert.deepEqual(parseReference('builtin:resnet20'), { kind: 'builtin', name: 'resnet20' });
    assert.deepEqual(parseReference('models/resnet.ts#resnet20'), {
      kind: 'module',
      file: 'models/resnet.ts',
      exportName: 'resnet20',
    });
    assert.deepEqual(parseReference('a#b/m.mjs#default'), {
      kind: 'module',
      file: 'a#b/m.mjs',
      exportName: 'default',
    });
    assert.deepEqual(parseReference('C:\\saved\\model.json'), {
      kind: 'file',
      file: 'C:\\saved\\model.json',
    });
    assert.deepEqual(parseReference('run:20261122-101500-k3f9'), {
      kind: 'run',
      id: '20261122-101500-k3f9',
    });
    for (const checkpoint of ['best', 'last', 'step-0', 'step-1200']) {
      assert.deepEqual(parseReference(`run:20261122-101500-k3f9/${checkpoint}`), {
        kind: 'run',
        id: '20261122-101500-k3f9',
        checkpoint,
      });
    }
  });

  it('is written as it was read', () => {
    for (const text of [
      'builtin:resnet20',
      'models/resnet.ts#resnet20',
      '../saved/model.json',
      'run:20261122-101500-k3f9',
      'run:20261122-101500-k3f9/step-12',
    ]) {
      assert.equal(formatReference(parseReference(text)), text);
    }
  });

  it('is refused where it leaves the grammar', () => {
    for (const text of [
      '',
      'resnet20',
      'models/resnet.ts',
      'models/resnet.ts#',
      '#resnet20',
      'models/resnet.ts#resnet 20',
      'models/resnet.ts#20',
      'models/resnet.ts#a.b',
      'run:',
      'run:best',
      'run:../../../etc',
      'run:20261122-101500-k3f9/',
      'run:20261122-101500-k3f9/..',
      'run:20261122-101500-k3f9/best/x',
      'run:20261122-101500-K3F9',
      'run:20261122-101500-k3f9 ',
      'run:20261122-101500-k3f9/step-1e3',
      'run:20261122-101500-k3f9/step--1',
    ]) {
      assert.throws(() => parseReference(text), { name: 'InputError' }, text);
    }
  });

  it('knows the id of a run', () => {
    assert.equal(isRunId('20261122-101500-k3f9'), true);
    for (const text of ['20261122-101500-k3f', '20261122-101500-k3f9\n', 'x20261122-101500-k3f9', '..']) {
      assert.equal(isRunId(text), false);
    }
  });
});

describe('a place in a recipe', () => {
  it('is read as it was written', () => {
    const paths = [[], ['name'], ['hooks', 1, 'student'], ['a', 'b.c', 0, 1, 'd'], ['"', '', '0', 'é-x_$']];
    for (const path of paths) assert.deepEqual(parseKeyPath(formatKeyPath(path)), path);
    assert.equal(formatKeyPath(['hooks', 1, 'student']), 'hooks[1].student');
    assert.equal(formatKeyPath(['args', 'a.b', 'c']), 'args["a.b"].c');
  });

  it('is refused where it is none', () => {
    for (const text of ['.a', 'a.', 'a..b', 'a[', 'a[x]', 'a[-1]', 'a b', '[0]a', 'a["b]']) {
      assert.equal(parseKeyPath(text), undefined, text);
    }
  });
});

describe('the names of a recipe', () => {
  it("gives the variant, by default the hooks' methods", () => {
    assert.equal(variantOf(parse()), 'kd+tat');
    assert.equal(variantOf(parse('variant=warm')), 'warm');
    assert.equal(variantOf(parse('hooks=[]')), 'alone');
    const classifier = 'student.teacherClassifier={"after":"stage3","factor":null}';
    assert.equal(variantOf(parse('hooks=[]', classifier)), 'teacher-classifier');
  });

  it('names each hook once', () => {
    const tat = (student: string) => ({ method: 'tat', student, teacher: 'stage3', weight: 1 });
    const hooks = [tat('stage3'), { method: 'kd', weight: 1 }, tat('stage3'), tat('stage2'), tat('stage3')];
    assert.deepEqual(hookNames(parse(`hooks=${JSON.stringify(hooks)}`)), [
      'tat@stage3',
      'kd',
      'tat@stage3#2',
      'tat@stage2',
      'tat@stage3#3',
    ]);
  });

  it('names each hook once even where a layer is named like a count', () => {
    const hooks = ['x', 'x#2', 'x'].map((student) => ({ method: 'tat', student, teacher: 'y', weight: 1 }));
    const names = hookNames(parse(`hooks=${JSON.stringify(hooks)}`));
    assert.equal(new Set(names).size, 3);
  });
});

describe('the key of a group', () => {
  it('is the same for every seed, order of keys and way of writing', () => {
    const key = groupKey(parse());
    assert.match(key, /^[0-9a-f]{16}$/);
    assert.equal(groupKey(parse('train.seed=7')), key);
    assert.equal(groupKey(parse('$schema=somewhere')), key);
    assert.equal(groupKey(parse('variant=kd+tat')), key);
    assert.equal(groupKey(parse('data.source={"format":"fashion-mnist"}')), key);
    assert.equal(groupKey(parse('train={"optimizer":{"lr":0.05,"type":"sgd"},"epochs":10}')), key);
  });

  it('differs with everything else', () => {
    const keys = [
      '$schema=',
      'name=other',
      'variant=other',
      'train.epochs=11',
      'data.validation.splitSeed=1',
      'hooks[0].weight=0.8',
      'hooks[0].options.temperature=3',
      'hooks[1]=',
      'data.augment=["crop","flip"]',
      'data.augment=["flip","crop"]',
      'teacher.weights=run:20261122-101500-k3f8/best',
    ].map((override) => groupKey(parse(override)));
    assert.equal(new Set(keys).size, keys.length);
  });
});
