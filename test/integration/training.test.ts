import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type * as tf from '@tensorflow/tfjs';
import { retortHome } from '../../src/common/home';
import type { Batch } from '../../src/data/batch';
import { ready } from '../../src/engine/backends';
import { Trainer } from '../../src/engine/train/trainer';
import type { Recipe } from '../../src/recipe/schema';
import { CheckpointStore } from '../../src/runs/checkpoints';
import { prepare, type Prepared } from '../../src/worker/prepare';
import type { MemoryOfStep } from './memory-of-steps';
import { queueRun, resolve, work } from './run-worker';
import { makeTinyWorkspace, tinyRecipe, tinyTeacherRecipe } from './tiny-workspace';

describe('Training', function () {
  this.timeout(240_000);
  let workspace: string;
  let recipe: Recipe;
  let teacherRun: string;
  const opened: Prepared[] = [];

  async function prepared(change: (recipe: Recipe) => Recipe = (same) => same): Promise<Prepared> {
    const result = await prepare(change(recipe), {
      workspace,
      retort: path.join(workspace, '.retort'),
      home: retortHome(),
      stage: () => undefined,
    });
    opened.push(result);
    return result;
  }

  async function batchOf({ data, recipe: { train } }: Prepared, index = 0): Promise<Batch> {
    return data.batches({ split: 'train', ...train }).next(0, index);
  }

  before(async () => {
    await ready();
    workspace = makeTinyWorkspace();
    const run = await queueRun(workspace, tinyTeacherRecipe());
    assert.equal((await work(run)).state, 'done');
    teacherRun = run.id;
    recipe = resolve(workspace, tinyRecipe(`run:${run.id}/best`));
  });

  afterEach(async () => {
    for (const { data } of opened.splice(0)) await data.close();
  });

  after(() => fs.rmSync(workspace, { recursive: true, force: true }));

  it('keeps the number of tensors and the memory flat over 1,000 steps', () => {
    // In a process of its own: what earlier tests left behind is freed at any time.
    const printed = execFileSync(
      process.execPath,
      [
        '--expose-gc',
        '--require',
        'tsx/cjs',
        path.join(__dirname, 'memory-of-steps.ts'),
        workspace,
        teacherRun,
      ],
      { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const memory = printed
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as MemoryOfStep);
    assert.equal(memory.length, 100);
    assert.deepEqual(new Set(memory.map(({ tensors }) => tensors)), new Set([memory[0]!.tensors]));
    const highest = (from: number, to: number): number =>
      Math.max(...memory.slice(from, to).map(({ resident }) => resident));
    const growth = highest(70, 100) - highest(30, 60);
    assert.ok(growth < 10, `resident memory grew by ${growth.toFixed(1)} MiB over 400 steps`);
  });

  it('doubles the term of a hook whose weight is doubled, and no other', async () => {
    const terms = [];
    for (const factor of [1, 2]) {
      const ready = await prepared((same) => ({
        ...same,
        hooks: same.hooks.map((hook) =>
          hook.method === 'tat' ? { ...hook, weight: factor * hook.weight } : hook,
        ),
      }));
      const trainer = new Trainer({ ...ready, stepsPerEpoch: 10, totalSteps: 10 });
      terms.push((await trainer.step([await batchOf(ready)])).terms);
    }
    const [once, twice] = terms as [Record<string, number>, Record<string, number>];
    assert.deepEqual(Object.keys(once), ['task', 'kd', 'tat@features']);
    assert.ok(once['tat@features']! > 0);
    assert.ok(Math.abs(twice['tat@features']! / once['tat@features']! - 2) < 1e-5);
    assert.equal(twice.task, once.task);
    assert.equal(twice.kd, once.kd);
  });

  it('leaves the teacher and frozen weights as they are, and changes the others', async () => {
    const ready = await prepared((same) => ({
      ...same,
      train: { ...same.train, groups: [{ match: 'head/*', lrMultiplier: 0 }] },
    }));
    const trainer = new Trainer({ ...ready, stepsPerEpoch: 10, totalSteps: 10 });
    const valuesOf = (weights: ReadonlyMap<string, { read(): tf.Tensor }>): Map<string, string> =>
      new Map([...weights].map(([name, weight]) => [name, weight.read().dataSync().join()]));
    const teacherModel = ready.teachers.get('teacher')!.model;
    const teacher = valuesOf(teacherModel.weights);
    const student = valuesOf(ready.student.weights);
    await trainer.step([await batchOf(ready)]);
    assert.deepEqual(valuesOf(teacherModel.weights), teacher);
    const unchanged = [...valuesOf(ready.student.weights)]
      .filter(([name, value]) => student.get(name) === value)
      .map(([name]) => name);
    assert.deepEqual(unchanged.sort(), ['head/bias', 'head/kernel']);
  });

  it('averages accumulated batches: two of one batch are one of it', async () => {
    const after = [];
    for (const copies of [1, 2]) {
      const ready = await prepared((same) => ({
        ...same,
        // Dropout draws anew for each pass, so it is left out here.
        student: { ...same.student, model: 'models.ts#plain' },
        hooks: [],
      }));
      const trainer = new Trainer({ ...ready, stepsPerEpoch: 10, totalSteps: 10 });
      const batch = await batchOf(ready);
      await trainer.step(Array.from({ length: copies }, () => batch));
      after.push(ready.student.weights.get('head/kernel')!.read().dataSync());
    }
    const [once, twice] = after as [Float32Array, Float32Array];
    once.forEach((value, index) => assert.ok(Math.abs(value - twice[index]!) < 1e-6));
  });

  it('stops at a loss that is not finite, naming step, term and the last good checkpoint', async () => {
    const run = await queueRun(workspace, {
      ...tinyRecipe(null),
      train: { epochs: 4, batchSize: 16, optimizer: { type: 'sgd', lr: 1e30, momentum: 0 } },
    });
    const info = await work(run);
    assert.equal(info.state, 'failed');
    assert.equal(info.fault, 'training');
    assert.match(
      info.reason!,
      /^The loss term "task" became NaN at step \d+; .*; the last good checkpoint is that of step \d+$/,
    );
    const named = Number(/step (\d+)$/.exec(info.reason!)![1]);
    assert.equal((await new CheckpointStore(run).read('last')).step, named);
  });

  it('measures all teachers first, and warns of the one that is no better than chance', async () => {
    const untrained = await queueRun(workspace, {
      ...tinyTeacherRecipe(),
      train: { epochs: 0.1, batchSize: 16, optimizer: { type: 'sgd', lr: 1e-9 } },
      report: { checkpoint: 'last' },
    });
    assert.equal((await work(untrained)).state, 'done');
    for (const [teacher, other, warned] of [
      [untrained.id, teacherRun, "The teacher's"],
      [teacherRun, untrained.id, 'The teacher "other"\'s'],
    ] as const) {
      const run = await queueRun(workspace, {
        ...tinyRecipe(`run:${teacher}/last`),
        teachers: { other: { model: 'models.ts#large', weights: `run:${other}/last` } },
        train: { epochs: 0.1, batchSize: 16, optimizer: { type: 'sgd', lr: 0.01 } },
      });
      const info = await work(run);
      assert.equal(info.state, 'done', info.reason);
      assert.equal(info.teacher!.validation!.samples, 40);
      assert.equal(info.teachers!.other!.validation!.samples, 40);
      const [warning, ...more] = info.warnings!;
      assert.ok(warning!.startsWith(`${warned} validation accuracy`), warning);
      assert.match(warning!, /no better than chance/);
      assert.deepEqual(more, []);
    }
  });
});
