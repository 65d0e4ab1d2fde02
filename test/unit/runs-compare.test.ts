import assert from 'node:assert/strict';
import type { Hook, Recipe } from '../../src/recipe/schema';
import { baselineAccuracy, compareRuns } from '../../src/runs/compare';
import { recipeDifferences } from '../../src/runs/differences';
import { newRunId, type ReadableRun } from '../../src/runs/folder';
import { groupRuns } from '../../src/runs/groups';
import { differenceOf, gapRecovered, summarize } from '../../src/runs/statistics';
import type { RunInfo } from '../../src/runs/types';
import { sampleRecipe } from './runs-helpers';

const near = (actual: number | undefined, expected: number): void =>
  assert.ok(actual !== undefined && Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);

describe('statistics', () => {
  it('has the mean and the sample standard deviation', () => {
    // Of 1 … n: (n + 1) / 2 and sqrt(n (n + 1) / 12).
    for (const count of [2, 5, 10]) {
      const summary = summarize(Array.from({ length: count }, (_, index) => index + 1))!;
      assert.equal(summary.count, count);
      near(summary.mean, (count + 1) / 2);
      near(summary.deviation, Math.sqrt((count * (count + 1)) / 12));
    }
    assert.deepEqual(summarize([0.5]), { count: 1, mean: 0.5 });
    assert.equal(summarize([]), undefined);
    assert.deepEqual(summarize([3, 3, 3]), { count: 3, mean: 3, deviation: 0 });
  });

  it("has Welch's standard error of a difference", () => {
    // Two values each: s² = (a - b)² / 2, so the error is sqrt((a - b)² + (c - d)²) / 2.
    const difference = differenceOf(summarize([1, 4])!, summarize([2, 6])!);
    near(difference.value, -1.5);
    near(difference.standardError, 2.5);
    // 1 … 5 (s² = 2.5) against 1 … 10 (s² = 55 / 6).
    const other = differenceOf(summarize([1, 2, 3, 4, 5])!, summarize([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])!);
    near(other.standardError, Math.sqrt(0.5 + 55 / 60));
    assert.deepEqual(differenceOf(summarize([1])!, summarize([1, 2])!), { value: -0.5 });
  });

  it('recovers a gap only where there is one', () => {
    near(gapRecovered(0.8, 0.7, 0.9), 0.5);
    near(gapRecovered(0.6, 0.7, 0.9), -0.5);
    near(gapRecovered(0.95, 0.7, 0.9), 1.25);
    assert.equal(gapRecovered(0.8, 0.9, 0.9), undefined);
    assert.equal(gapRecovered(0.8, 0.9, 0.7), undefined);
    assert.equal(gapRecovered(undefined, 0.7, 0.9), undefined);
    assert.equal(gapRecovered(0.8, undefined, 0.9), undefined);
    assert.equal(gapRecovered(0.8, 0.7, undefined), undefined);
  });
});

describe('comparing runs', () => {
  const kd = (weight: number): Hook => ({ method: 'kd', weight, options: { temperature: 4 } });
  const score = (accuracy: number): { accuracy: number; loss: number; samples: number } => ({
    accuracy,
    loss: 1,
    samples: 100,
  });

  interface Outcome {
    readonly validation: number;
    readonly test?: number;
    readonly last?: number;
    readonly teacher?: { readonly validation: number; readonly test?: number };
    readonly state?: RunInfo['state'];
  }

  let second = 0;
  const run = (seed: number, recipe: Partial<Recipe>, outcome: Outcome): ReadableRun => {
    const id = newRunId(new Date(1.8e12 + 1000 * second++));
    const whole = sampleRecipe(recipe);
    const teacher = outcome.teacher && {
      validation: score(outcome.teacher.validation),
      ...(outcome.teacher.test !== undefined && { test: score(outcome.teacher.test) }),
    };
    return {
      run: { id, folder: `/runs/${id}`, retortFolder: '/' },
      recipe: { ...whole, train: { ...whole.train, seed } },
      info: {
        version: 1,
        id,
        state: outcome.state ?? 'done',
        attempt: 1,
        createdAt: '',
        seconds: 10 * (seed + 1),
        best: { step: 1, epoch: 1, validation: score(outcome.validation) },
        last: { step: 2, epoch: 2, validation: score(outcome.last ?? outcome.validation) },
        ...(outcome.test !== undefined && { test: score(outcome.test) }),
        ...(teacher && { teacher }),
      },
    };
  };

  it('groups runs by everything but the seed, and tells groups of one name apart', () => {
    const outcome = { validation: 0.5 };
    const groups = groupRuns([
      run(0, {}, outcome),
      run(0, { hooks: [kd(0.9)] }, outcome),
      run(1, {}, outcome),
      run(0, { hooks: [kd(0.5)] }, outcome),
      run(0, { hooks: [kd(0.9)], name: 'other' }, outcome),
      run(0, { hooks: [kd(0.9)], variant: 'mine' }, outcome),
    ]);
    assert.deepEqual(
      groups.map(({ experiment, label, runs }) => [experiment, label, runs.length]),
      [
        ['sample', 'alone', 2],
        ['sample', 'kd (weight 0.9)', 1],
        ['sample', 'kd (weight 0.5)', 1],
        ['other', 'kd', 1],
        ['sample', 'mine', 1],
      ],
    );
  });

  it('finds where recipes differ', () => {
    const [one, other] = [run(0, {}, { validation: 0 }), run(1, { hooks: [kd(1)] }, { validation: 0 })];
    const augment = [{ type: 'flip' }];
    const third = { ...other.recipe, data: { ...other.recipe.data, augment } };
    assert.deepEqual(recipeDifferences([one.recipe, third]), [
      { path: 'data.augment[0].type', values: [undefined, 'flip'] },
      { path: 'hooks[0].method', values: [undefined, 'kd'] },
      { path: 'hooks[0].weight', values: [undefined, 1] },
      { path: 'hooks[0].options.temperature', values: [undefined, 4] },
    ]);
    assert.deepEqual(recipeDifferences([one.recipe, one.recipe]), []);
  });

  it('compares the test split where all have one', () => {
    const teacher = { validation: 0.91, test: 0.9 };
    const { split, results } = compareRuns([
      run(0, {}, { validation: 0.1, test: 0.6 }),
      run(1, {}, { validation: 0.1, test: 0.8 }),
      run(0, { hooks: [kd(1)] }, { validation: 0.1, test: 0.75, teacher }),
      run(1, { hooks: [kd(1)] }, { validation: 0.1, test: 0.85, teacher }),
      // Not done: it does not count, nor does it decide on the split.
      run(2, { hooks: [kd(1)] }, { validation: 0.99, teacher: { validation: 0.91 }, state: 'running' }),
    ]);
    assert.equal(split, 'test');
    const [alone, distilled] = results;
    assert.equal(alone!.isBaseline, true);
    assert.equal(alone!.difference, undefined);
    near(alone!.accuracy!.mean, 0.7);
    near(alone!.accuracy!.deviation, Math.sqrt(0.02));
    near(alone!.seconds, 15);
    assert.deepEqual(
      [distilled!.isBaseline, distilled!.counted.length, distilled!.group.runs.length],
      [false, 2, 3],
    );
    near(distilled!.accuracy!.mean, 0.8);
    near(distilled!.teacher, 0.9);
    near(distilled!.gapRecovered, 0.5);
    near(distilled!.difference!.value, 0.1);
    near(distilled!.difference!.standardError, Math.sqrt(0.02 / 2 + 0.005 / 2));
  });

  it('compares validation where one has no test, never one split with another', () => {
    const teacher = { validation: 0.9, test: 0.1 };
    const { split, results } = compareRuns([
      run(0, {}, { validation: 0.5, test: 0.99 }),
      run(0, { hooks: [kd(1)] }, { validation: 0.7, teacher }),
    ]);
    assert.equal(split, 'validation');
    near(results[1]!.gapRecovered, 0.5);
    assert.deepEqual(Object.keys(results[1]!.difference!), ['value']);
  });

  it('takes the weights that the recipe reports', () => {
    const report = { ...sampleRecipe().report, checkpoint: 'last' } as const;
    const { results } = compareRuns([run(0, { report }, { validation: 0.5, last: 0.4 })]);
    near(results[0]!.accuracy!.mean, 0.4);
  });

  it('counts each seed once, by its latest run', () => {
    const runs = [0.1, 0.2, 0.3].map((validation) => run(0, {}, { validation }));
    const { results } = compareRuns(runs);
    assert.deepEqual(results[0]!.accuracy, { count: 1, mean: 0.3 });
  });

  it('says nothing where there is no baseline, no teacher, or a teacher that is no better', () => {
    const hooked = { hooks: [kd(1)] };
    const lone = compareRuns([run(0, hooked, { validation: 0.7, teacher: { validation: 0.9 } })]).results[0]!;
    assert.deepEqual([lone.difference, lone.gapRecovered, lone.isBaseline], [undefined, undefined, false]);
    const baseline = run(0, {}, { validation: 0.8 });
    for (const outcome of [{ validation: 0.85 }, { validation: 0.85, teacher: { validation: 0.8 } }]) {
      const result = compareRuns([baseline, run(0, hooked, outcome)]).results[1]!;
      near(result.difference!.value, 0.05);
      assert.equal(result.gapRecovered, undefined);
    }
    const otherExperiment = run(0, { ...hooked, name: 'other' }, { validation: 0.9 });
    assert.equal(compareRuns([baseline, otherExperiment]).results[1]!.difference, undefined);
  });

  it('picks the baseline of the same student and data, trained alike; else none, unless it is named', () => {
    const train = (epochs: number): Partial<Recipe> => ({ train: { ...sampleRecipe().train, epochs } });
    const student = { student: { model: 'builtin:resnet14', args: {}, weights: null } };
    const runs = [
      run(0, train(1), { validation: 0.1 }),
      run(0, train(2), { validation: 0.2 }),
      run(0, { ...train(2), ...student }, { validation: 0.3 }),
      run(0, { ...train(2), hooks: [kd(1)] }, { validation: 0.5 }),
      run(0, { ...train(3), hooks: [kd(1)] }, { validation: 0.6 }),
      run(0, { ...train(7), ...student, hooks: [kd(1)] }, { validation: 0.7 }),
    ];
    const values = (key?: string): (number | undefined)[] =>
      compareRuns(runs, key === undefined ? {} : { baseline: key })
        .results.slice(3)
        .map(({ difference }) => difference && Math.round(difference.value * 10) / 10);
    assert.deepEqual(values(), [0.3, undefined, 0.4]);
    assert.deepEqual(values(groupRuns(runs)[0]!.key), [0.4, 0.5, 0.6]);

    const future = run(5, { ...train(2), hooks: [kd(0.3)] }, { validation: 0 }).recipe;
    assert.equal(baselineAccuracy(future, runs, 'validation'), 0.2);
    assert.equal(baselineAccuracy(future, runs, 'test'), undefined);
    assert.equal(baselineAccuracy(runs[0]!.recipe, runs, 'validation'), undefined);
  });
});
