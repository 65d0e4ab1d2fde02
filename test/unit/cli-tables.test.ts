import assert from 'node:assert/strict';
import { Type } from '@sinclair/typebox';
import { compareTable } from '../../src/cli/output/compare-table';
import { describeRecipe, modelName } from '../../src/cli/output/describe';
import { optionsTable } from '../../src/cli/output/options-table';
import type { Recipe } from '../../src/recipe/schema';
import { compareRuns } from '../../src/runs/compare';
import type { ReadableRun } from '../../src/runs/folder';
import { sampleRecipe } from './runs-helpers';

const teacher = { model: 'builtin:resnet20', args: {}, weights: 'run:20261122-101500-k3f9/best' };

describe('what a recipe does, in a line', () => {
  it('names models, methods, weights and layers', () => {
    const recipe = sampleRecipe({
      teacher,
      hooks: [
        { method: 'kd', weight: 0.9, options: {} },
        { method: 'tat', student: 'stage3', teacher: 'stage3', weight: 0.1, options: {} },
      ],
    });
    assert.equal(describeRecipe(recipe), 'resnet8 ← resnet20   kd 0.9 + tat 0.1@stage3');
    assert.equal(describeRecipe(sampleRecipe()), 'resnet8   alone');
  });

  it('names all teachers, who learns from whom, and stages', () => {
    const { train, ...rest } = sampleRecipe();
    const model = (name: string) => ({ model: `builtin:${name}`, args: {}, weights: null });
    const hook = { method: 'kd', weight: 1, options: {} };
    const mutual = {
      ...rest,
      teacher: model('resnet20'),
      teachers: { deep: model('resnet56'), peer: { ...model('vgg8'), learns: true } },
      hooks: [
        { ...hook, from: ['teacher', 'deep'] },
        { ...hook, from: 'peer' },
      ],
      train: { ...train, stages: [{ epochs: 1 }, { epochs: train.epochs - 1 }] },
    };
    assert.equal(
      describeRecipe(mutual),
      'resnet8 ← resnet20 + resnet56 ↔ vgg8   kd 1:teacher+deep + kd 1:peer   in 2 stages',
    );
    const layers = { student: ['stage1', 'stage2'], teacher: ['stage3', 'stage3'] };
    const own = { ...rest, train, hooks: [{ ...hook, ...layers, method: 'at', from: 'student' }] };
    assert.equal(describeRecipe(own), 'resnet8 ← itself   at 1@stage1+stage2:student');
  });

  it('gives every kind of model a short name', () => {
    assert.equal(modelName('builtin:wrn-16-2'), 'wrn-16-2');
    assert.equal(modelName('models/resnet.ts#resnet8'), 'resnet8');
    assert.equal(modelName('exported/teacher/model.json'), 'teacher');
    assert.equal(modelName('run:20261122-101500-k3f9/best'), 'run 20261122-101500-k3f9');
  });
});

describe('the comparison as a table', () => {
  let runs = 0;

  function run(changes: Partial<Recipe>, seed: number, accuracy: number, seconds: number): ReadableRun {
    const recipe = sampleRecipe(changes);
    const id = `20261122-10150${runs++}-aaaa`;
    const score = (value: number) => ({ accuracy: value, loss: 1, samples: 100 });
    return {
      run: { id, folder: `/runs/${id}`, retortFolder: '/' },
      recipe: { ...recipe, train: { ...recipe.train, seed } },
      info: {
        version: 1,
        id,
        state: 'done',
        attempt: 1,
        createdAt: '2026-11-22T10:15:00Z',
        seconds,
        test: score(accuracy),
        ...(changes.teacher && { teacher: { test: score(0.93) } }),
      },
    };
  }

  const kd = { teacher, hooks: [{ method: 'kd', weight: 0.9, options: {} }] };

  it('has the columns of the wireframe, with figures worked out by hand', () => {
    // alone: mean 82, deviation sqrt(2); kd: mean 87.5, deviation sqrt(0.5).
    // Gap 5.5 of 11; standard error sqrt(2 / 2 + 0.5 / 2) = 1.118.
    const table = compareTable(
      compareRuns([run({}, 0, 0.81, 40), run({}, 1, 0.83, 40), run(kd, 0, 0.87, 89), run(kd, 1, 0.88, 91)]),
    );
    assert.equal(
      table,
      [
        '2 seeds   test accuracy   gap recovered   against alone   time a run',
        'teacher   93.0',
        'alone     82.0 ± 1.4      –               –               0:40',
        'kd        87.5 ± 0.7      50 %            +5.5 ± 1.1      1:30',
      ].join('\n'),
    );
  });

  it('counts seeds by group where they differ, and does not invent what is missing', () => {
    const table = compareTable(
      compareRuns([run(kd, 0, 0.87, 89), run(kd, 1, 0.88, 91), run({ ...kd, variant: 'b' }, 0, 0.9, 60)]),
    );
    assert.deepEqual(
      table.split('\n').map((line) => line.split(/ {3,}/)),
      [
        ['group', 'test accuracy', 'gap recovered', 'against baseline', 'time a run'],
        ['teacher', '93.0'],
        ['kd (2 seeds)', '87.5 ± 0.7', 'n/a', 'n/a', '1:30'],
        ['b (1 seed)', '90.0', 'n/a', 'n/a', '1:00'],
      ],
    );
  });
});

describe('options as a table', () => {
  it('says what each may be, in words that an author of a recipe knows', () => {
    const schema = Type.Object({
      temperature: Type.Number({ exclusiveMinimum: 0, default: 4, description: 'Softens.' }),
      heads: Type.Integer({ minimum: 1, maximum: 8, default: 1 }),
      mode: Type.Union([Type.Literal('mean'), Type.Literal('batch')], { default: 'mean' }),
      path: Type.String(),
      names: Type.Optional(Type.Array(Type.String())),
    });
    assert.deepEqual(
      optionsTable(schema)
        .split('\n')
        .map((line) => line.split(/ {3,}/)),
      [
        ['option', 'default', 'value'],
        ['temperature', '4', 'number > 0', 'Softens.'],
        ['heads', '1', 'integer 1 … 8'],
        ['mode', '"mean"', '"mean" or "batch"'],
        ['path', 'required', 'string'],
        ['names', '–', 'list of string'],
      ],
    );
    assert.equal(optionsTable(Type.Object({})), 'no options');
  });
});
