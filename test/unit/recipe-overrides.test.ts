import * as assert from 'node:assert/strict';
import { InputError } from '../../src/common/errors';
import { applyOverrides } from '../../src/recipe/overrides';
import { parseRecipe } from '../../src/recipe/parse';
import { RecipeError } from '../../src/recipe/problem';
import { catalogue } from '../fixtures/recipes/catalogue';
import { valid } from '../fixtures/recipes/valid';

const parse = (...overrides: string[]) =>
  parseRecipe(valid, { file: 'r.distill.json', catalogue, overrides }).recipe;

describe('--set', () => {
  it('puts in JSON, else the text itself', () => {
    const value = { train: { epochs: 10 }, hooks: [{ weight: 1 }, { weight: 2 }] };
    assert.deepEqual(
      applyOverrides(value, ['train.epochs=2', 'hooks[1].weight=5e-1', 'name=a=b', 'variant="7"', 'x=null']),
      { train: { epochs: 2 }, hooks: [{ weight: 1 }, { weight: 0.5 }], name: 'a=b', variant: '7', x: null },
    );
    assert.deepEqual(value, { train: { epochs: 10 }, hooks: [{ weight: 1 }, { weight: 2 }] });
  });

  it('makes the objects on the way, and appends to lists', () => {
    assert.deepEqual(applyOverrides({}, ['a.b.c=1', 'list[0].x=1', 'list[1]=2', 'args["a.b"]=3']), {
      a: { b: { c: 1 } },
      list: [{ x: 1 }, 2],
      args: { 'a.b': 3 },
    });
  });

  it('removes what is set to nothing', () => {
    assert.deepEqual(applyOverrides({ a: 1, b: { c: 2 }, l: [1, 2, 3] }, ['a=', 'b.c=', 'l[1]=', 'x.y=']), {
      b: {},
      l: [1, 3],
    });
  });

  it('does what it says to a recipe, the last one last', () => {
    const recipe = parse(
      'train.epochs=2',
      'train.epochs=3',
      'data.augment=["crop"]',
      'hooks[0].options.temperature=2',
    );
    assert.equal(recipe.train.epochs, 3);
    assert.deepEqual(recipe.data.augment, [{ type: 'crop', padding: 4 }]);
    assert.deepEqual(recipe.hooks[0]?.options, { temperature: 2 });
  });

  const refused: [override: string, message: string][] = [
    ['train.epochs=two', 'train.epochs: must be a number, not "two" (--set train.epochs=two)'],
    ['train.epoch=2', 'train.epoch: unknown key; did you mean "epochs"? (--set train.epoch=2)'],
    ['trian.epochs=2', 'trian: unknown key; did you mean "train"? (--set trian.epochs=2)'],
    ['train.clip.nrm=2', 'train.clip.nrm: unknown key; did you mean "norm"? (--set train.clip.nrm=2)'],
    ['hooks[0].weight=-1', 'hooks[0].weight: must be at least 0, not -1 (--set hooks[0].weight=-1)'],
    ['teacher=', 'teacher: missing; hooks need a teacher to learn from (--set teacher=)'],
    [
      'student.model=builtin:resnet9',
      'student.model: no built-in network "resnet9"; did you mean "resnet8"? (--set student.model=builtin:resnet9)',
    ],
    // The fault is elsewhere in what the override put there.
    [
      'train.optimizer={"type":"sgd"}',
      'train.optimizer.lr: missing; it must be a number above 0 (--set train.optimizer={"type":"sgd"})',
    ],
    // The fault is in the file: the override made it one.
    [
      'hooks[0].method=tat',
      'hooks[0].student: missing; it must be a string or a list (r.distill.json, line 11)\nhooks[0].teacher: missing; it must be a string or a list (r.distill.json, line 11)',
    ],
  ];
  for (const [override, message] of refused) {
    it(`refuses ${override} and names it`, () => {
      assert.throws(
        () => parse(override),
        (error) => {
          assert.ok(error instanceof RecipeError);
          assert.equal(error.message, message);
          return true;
        },
      );
    });
  }

  it('names the last of two overrides of one place', () => {
    assert.throws(() => parse('train.epochs=one', 'train.epochs=two'), {
      message: 'train.epochs: must be a number, not "two" (--set train.epochs=two)',
    });
  });

  const impossible: [override: string, message: string][] = [
    ['train.epochs', '--set train.epochs: write it like train.epochs=2 or hooks[0].weight=0.5'],
    ['=2', '--set =2: write it like train.epochs=2 or hooks[0].weight=0.5'],
    ['train..epochs=2', '--set train..epochs=2: write it like train.epochs=2 or hooks[0].weight=0.5'],
    ['hooks[7].weight=1', '--set hooks[7].weight=1: hooks has 2 entries, counted from 0'],
    ['hooks.weight=1', '--set hooks.weight=1: hooks is a list; write hooks[0] for its first entry'],
    ['name.x=1', '--set name.x=1: name is "resnet8-from-resnet20", which has no x'],
    ['train[0]=1', '--set train[0]=1: train is an object, which has no [0]'],
    ['[0]=1', '--set [0]=1: the recipe is an object, which has no [0]'],
    ['__proto__.x=1', '--set __proto__.x=1: the recipe is an object, which has no __proto__'],
  ];
  for (const [override, message] of impossible) {
    it(`refuses ${override}`, () => {
      assert.throws(() => parse(override), new InputError(message));
      assert.equal(({} as { x?: unknown }).x, undefined);
    });
  }
});
