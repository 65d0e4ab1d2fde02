import assert from 'node:assert/strict';
import type { Recipe } from '../../src/recipe/schema';
import { baselineOf, compareRuns } from '../../src/runs/compare';
import { createRun, listRuns, readInfo, type ReadableRun, type RunFolder } from '../../src/runs/folder';
import { groupRuns } from '../../src/runs/groups';
import { deleteRun } from '../../src/runs/trash';
import { sampleRecipe, temporaryRetortFolder } from './runs-helpers';

describe('groups of runs that start from other runs', () => {
  let retort: ReturnType<typeof temporaryRetortFolder>;
  beforeEach(() => (retort = temporaryRetortFolder()));
  afterEach(() => retort.remove());

  const make = (seed: number, changes: Partial<Recipe>): Promise<RunFolder> => {
    const recipe = sampleRecipe(changes);
    return createRun(retort.folder, { ...recipe, train: { ...recipe.train, seed } });
  };
  const from = (run: RunFolder, checkpoint = 'best'): Partial<Recipe> => ({
    name: 'fine-tuned',
    student: { model: 'builtin:resnet8', args: {}, weights: `run:${run.id}/${checkpoint}` },
  });
  const kd = { hooks: [{ method: 'kd', weight: 1, options: {} }] };
  const readable = async (): Promise<ReadableRun[]> =>
    (await listRuns(retort.folder)).filter((listed) => 'info' in listed);
  /** The groups of the experiment, as the ids of their runs. */
  const groups = async (): Promise<string[][]> =>
    groupRuns(await readable())
      .filter(({ experiment }) => experiment === 'fine-tuned')
      .map(({ runs }) => runs.map(({ run }) => run.id).sort());

  it('has the runs together whose origins differ in their seed alone', async () => {
    const origins = [await make(0, {}), await make(1, {})];
    const tuned = [await make(0, from(origins[0]!)), await make(1, from(origins[1]!))];
    const ids = tuned.map(({ id }) => id).sort();
    assert.deepEqual(await groups(), [ids]);
    await deleteRun(origins[0]!);
    assert.deepEqual(await groups(), [ids], 'they stay together when an origin is deleted');
  });

  it('keeps apart what starts from other groups, other checkpoints or an unknown run', async () => {
    const origin = await make(0, {});
    const other = await make(0, { task: { type: 'classification', lossWeight: 1, labelSmoothing: 0.1 } });
    const missing = { ...origin, id: '20200101-000000-none' };
    const tuned = [
      await make(0, from(origin)),
      await make(0, from(other)),
      await make(0, from(origin, 'last')),
      await make(0, from(missing)),
    ];
    assert.equal((await groups()).length, tuned.length);
    const labels = groupRuns(await readable()).map(({ experiment, label }) => `${experiment} / ${label}`);
    assert.equal(new Set(labels).size, labels.length);
    assert.equal((await readInfo(tuned[3]!)).origins, undefined);
  });

  it('sees through chains, and through the weights of teachers', async () => {
    const chains = [];
    for (const seed of [0, 1]) {
      const first = await make(seed, { name: 'first' });
      const second = await make(seed, { ...from(first), name: 'second' });
      const teacher = { model: `run:${second.id}`, args: {}, weights: null };
      chains.push(await make(seed, { name: 'fine-tuned', teacher, ...kd }));
    }
    assert.deepEqual(await groups(), [chains.map(({ id }) => id).sort()]);
  });

  it('finds the baseline whose runs start from the same ones', async () => {
    for (const seed of [0, 1]) {
      const origin = await make(seed, {});
      await make(seed, from(origin));
      await make(seed, { ...from(origin), ...kd });
    }
    const runs = (await readable()).reverse();
    const { results } = compareRuns(runs);
    const hooked = results.find(({ group }) => group.variant === 'kd')!;
    assert.equal(hooked.group.runs.length, 2);
    for (const { recipe } of hooked.group.runs) {
      assert.equal(baselineOf(recipe, results)?.group.variant, 'alone');
    }
  });
});
