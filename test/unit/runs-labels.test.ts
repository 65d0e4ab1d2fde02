import assert from 'node:assert/strict';
import type { Recipe } from '../../src/recipe/schema';
import { tellApart } from '../../src/runs/labels';
import { sampleRecipe } from './runs-helpers';

describe('what tells recipes apart, in few words', () => {
  const teacher = (weights: string): Partial<Recipe> => ({
    teacher: { model: 'models/resnet.ts#large', args: {}, weights },
  });
  const hook = (weight: number, temperature = 4): Partial<Recipe> => ({
    hooks: [{ method: 'kd', weight, options: { temperature } }],
  });
  const train = (changes: Partial<Recipe['train']>): Partial<Recipe> => ({
    train: { ...sampleRecipe().train, ...changes },
  });
  const told = (...changes: Partial<Recipe>[]): string[] =>
    tellApart(changes.map((change) => sampleRecipe(change))).map((words) => words.join(', '));

  it('is nothing where there is one, or where they differ in the seed', () => {
    assert.deepEqual(told({}), ['']);
    assert.deepEqual(told(train({ seed: 1 }), train({ seed: 2 })), ['', '']);
  });

  it('is the last of a path, and of a run its last letters', () => {
    const [first, other] = ['run:20261122-101500-k3f9', 'run:20261122-101500-a1b2'] as const;
    assert.deepEqual(told(teacher(`${first}/best`), teacher(`${other}/best`)), [
      'teacher k3f9',
      'teacher a1b2',
    ]);
    assert.deepEqual(told(teacher(`${first}/best`), teacher(`${first}/last`)), [
      'teacher k3f9/best',
      'teacher k3f9/last',
    ]);
    const later = 'run:20261123-101500-k3f9/best';
    assert.deepEqual(told(teacher(`${first}/best`), teacher(later)), [
      `teacher ${first}/best`,
      `teacher ${later}`,
    ]);
    assert.deepEqual(told(hook(0.5, 2), hook(0.5, 4)), ['temperature 2', 'temperature 4']);
    const student = (model: string): Partial<Recipe> => ({ student: { model, args: {}, weights: null } });
    assert.deepEqual(told(student('models/resnet.ts#small'), student('builtin:resnet20')), [
      'student small',
      'student resnet20',
    ]);
  });

  it('leaves out what follows from another difference', () => {
    const adam = train({
      optimizer: { type: 'adam', lr: 0.001, betas: [0.9, 0.999], epsilon: 1e-8, weightDecay: 0 },
    });
    assert.deepEqual(told({}, adam), ['optimizer sgd', 'optimizer adam']);
  });

  it('is as much as it takes', () => {
    assert.deepEqual(told(hook(0.5, 2), hook(0.5, 4), hook(0.9, 4)), [
      'weight 0.5, temperature 2',
      'weight 0.5, temperature 4',
      'weight 0.9, temperature 4',
    ]);
    const augment: Partial<Recipe> = { data: { ...sampleRecipe().data, augment: [{ type: 'flip' }] } };
    assert.deepEqual(told({}, augment), ['no augment[0]', 'augment[0] flip']);
  });

  it('is a list of values as one', () => {
    const dropping = (...milestones: number[]): Partial<Recipe> =>
      train({ schedule: { type: 'multi-step', milestones, gamma: 0.1 } });
    assert.deepEqual(told(dropping(150, 180), dropping(150, 200)), [
      'milestones [150,180]',
      'milestones [150,200]',
    ]);
    const layers = (...student: string[]): Partial<Recipe> => ({
      hooks: [{ method: 'ab', student, teacher: ['a', 'b'], weight: 1, options: {} }],
    });
    assert.deepEqual(told(layers('a/x', 'b/x'), layers('a/x', 'b/y')), [
      'student ["a/x","b/x"]',
      'student ["a/x","b/y"]',
    ]);
  });

  it('is the whole path where two end alike', () => {
    const two = (first: number, second: number): Partial<Recipe> => ({
      hooks: [first, second].map((weight) => ({ method: 'kd', weight, options: {} })),
    });
    assert.deepEqual(told(two(1, 1), two(1, 2), two(2, 1)), [
      'hooks[0].weight 1, hooks[1].weight 1',
      'hooks[0].weight 1, hooks[1].weight 2',
      'hooks[0].weight 2, hooks[1].weight 1',
    ]);
  });
});
