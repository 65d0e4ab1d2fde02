import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { RunLooker } from '../../src/extension/common/run-looker';
import { Collector, type Parts } from '../../src/extension/panel/collector';
import { ReaderClient } from '../../src/extension/panel/reader/client';
import { DEFAULT_VIEW, isHostMessage, type Subject, type View } from '../../src/protocol/panel';
import { createRun, type RunFolder } from '../../src/runs/folder';
import { deleteRun } from '../../src/runs/trash';
import { writePredictions } from '../../src/runs/predictions';
import { acquireRunLock, type RunLock } from '../../src/runs/run-lock';
import { RunWriter } from '../../src/runs/writer';
import { sampleRecipe, temporaryRetortFolder } from './runs-helpers';

const kd = { hooks: [{ method: 'kd', weight: 1, options: {} }] };
const figures = { loss: 1, terms: {}, accuracy: 0.5, lr: 0.1, imagesPerSecond: 800, dataWait: 0 };

describe('what a panel shows of runs on disk', () => {
  const retort = temporaryRetortFolder();
  const looker = new RunLooker();
  const reader = new ReaderClient();
  const locks: RunLock[] = [];
  const collectors: Collector[] = [];

  afterEach(() => {
    for (const lock of locks.splice(0)) lock.release();
    for (const collector of collectors.splice(0)) collector.dispose();
  });
  after(async () => {
    await reader.dispose();
    retort.remove();
  });

  /** A run that this process works on. */
  async function liveRun(recipe = sampleRecipe(kd)): Promise<{ run: RunFolder; writer: RunWriter }> {
    const run = await createRun(retort.folder, recipe);
    const lock = await acquireRunLock(run);
    locks.push(lock);
    const writer = await RunWriter.open(lock, { state: 'running' });
    await writer.beginAttempt(0);
    return { run, writer };
  }

  async function finishedRun(recipe = sampleRecipe(kd), accuracy = 0.5): Promise<RunFolder> {
    const { run, writer } = await liveRun(recipe);
    const last = { step: 10, epoch: 1, validation: { accuracy, loss: 1, samples: 10 } };
    writer.appendMetric({ kind: 'train', step: 10, epoch: 1, ...figures });
    writer.appendMetric({ kind: 'validation', step: 10, epoch: 1, loss: 1, accuracy });
    writer.update({ state: 'done', best: last, last });
    writer.log('It is done');
    writer.close();
    locks.pop()?.release();
    return run;
  }

  function collectorOf(subject: Subject): (view?: Partial<View>) => Promise<Parts> {
    const store = { all: () => looker.all(), get: (key: string) => looker.get(key) };
    const collector = new Collector(subject, store, reader);
    collectors.push(collector);
    let number = 0;
    return async (view = {}) => {
      await looker.look([retort.folder], true);
      let parts = await collector.collect({ ...DEFAULT_VIEW, ...view }, true);
      while (parts.reading) {
        const { tables } = parts;
        parts = {
          ...(tables && { tables }),
          ...(await collector.collect({ ...DEFAULT_VIEW, ...view }, true)),
        };
      }
      const message = { type: 'delta', number: ++number, ...parts };
      assert.ok(isHostMessage(message), 'what is collected is a message');
      return parts;
    };
  }

  it('follows a live run and sends only the rows that are new', async () => {
    const { run, writer } = await liveRun();
    const collect = collectorOf({ kind: 'run', keys: [run.folder] });
    writer.appendMetric({ kind: 'train', step: 10, epoch: 0.1, ...figures });
    const first = await collect();
    assert.equal(first.header?.state, 'running');
    assert.deepEqual(
      first.tables?.map(({ keep, rows }) => [keep, [...rows.step]]),
      [[0, [10]]],
    );
    assert.equal((await collect()).tables, undefined);
    writer.appendMetric({ kind: 'train', step: 20, epoch: 0.2, ...figures, imagesPerSecond: 900 });
    const next = await collect();
    assert.deepEqual(
      next.tables?.map(({ keep, rows }) => [keep, [...rows.step]]),
      [[1, [20]]],
    );
    assert.equal(next.cards?.speed.imagesPerSecond, 900);
    writer.close();
  });

  it('sends the curves of teachers that learn, of which there are mostly none', async () => {
    const { run, writer } = await liveRun();
    const collect = collectorOf({ kind: 'run', keys: [run.folder] });
    writer.appendMetric({ kind: 'validation', step: 10, epoch: 1, loss: 1, accuracy: 0.5 });
    const tables = async (): Promise<unknown> =>
      (await collect()).tables?.map(({ keep, rows }) => [rows.table, keep, [...rows.step]]);
    assert.deepEqual(await tables(), [['validation', 0, [10]]]);
    const teachers = { peer: { loss: 1, accuracy: 0.5 } };
    writer.appendMetric({ kind: 'teachers', step: 10, epoch: 1, teachers });
    writer.appendMetric({ kind: 'teachers', step: 20, epoch: 2, teachers });
    assert.deepEqual(await tables(), [['teachers', 0, [10, 20]]]);
    writer.appendMetric({ kind: 'teachers', step: 30, epoch: 3, teachers });
    assert.deepEqual(await tables(), [['teachers', 2, [30]]]);
    writer.close();
  });

  it('sends what a tab shows only while it is open', async () => {
    const run = await finishedRun();
    const collect = collectorOf({ kind: 'run', keys: [run.folder] });
    const overview = await collect();
    assert.deepEqual(
      [overview.hooks, overview.log, overview.predictions, overview.comparison],
      [undefined, undefined, undefined, undefined],
    );
    assert.equal((await collect({ tab: 'hooks' })).hooks?.[0]?.name, 'kd');
    assert.match((await collect({ tab: 'log' })).log?.lines.at(-1) ?? '', /It is done/);
    assert.match((await collect({ tab: 'predictions' })).predictions?.why ?? '', /kept no predictions/);
    const compared = (await collect({ tab: 'compare' })).comparison?.rows;
    assert.ok(compared?.some(({ key }) => key === run.folder));
  });

  it('shows predictions with the pictures, and the matrix of the baseline', async () => {
    const recipe = sampleRecipe({ name: 'predictions' });
    const predictions = {
      step: 10,
      epoch: 1,
      classNames: ['cat', 'dog'],
      sampleIds: [4, 7],
      truth: [0, 1],
      predicted: [1, 1],
      probability: [0.25, 0.75],
      pictures: [{ sample: 0, width: 1, height: 1, channels: 3 as const, pixels: Uint8Array.of(1, 2, 3) }],
    };
    const alone = await finishedRun(recipe);
    await writePredictions(alone, 'best', { ...predictions, predicted: [0, 1] });
    const run = await finishedRun({ ...recipe, ...kd });
    await writePredictions(run, 'best', predictions);
    const { predictions: shown } = await collectorOf({ kind: 'run', keys: [run.folder] })({
      tab: 'predictions',
    });
    assert.deepEqual([...shown!.confusion!], [0, 1, 0, 1]);
    assert.deepEqual([...shown!.baselineConfusion!], [1, 0, 0, 1]);
    const [worst] = shown!.worst;
    assert.deepEqual([worst?.truth, worst?.student, worst?.studentProbability], [0, 1, 0.25]);
    assert.deepEqual([...worst!.picture.pixels], [1, 2, 3]);
  });

  it('draws the baseline and what was chosen, read again only when it may have changed', async () => {
    const recipe = sampleRecipe({ name: 'overlays' });
    const seeded = (seed: number) => ({ ...recipe, train: { ...recipe.train, seed } });
    await finishedRun(seeded(0), 0.6);
    await finishedRun(seeded(1), 0.8);
    const other = await finishedRun({ ...recipe, ...kd, variant: 'other' }, 0.9);
    const run = await finishedRun({ ...recipe, ...kd });
    const collect = collectorOf({ kind: 'run', keys: [run.folder] });
    const { overlays, references } = await collect({ overlays: [other.folder] });
    assert.deepEqual(
      overlays?.map(({ role, choice }) => [role, choice.label, choice.runs]),
      [
        ['baseline', 'alone', 2],
        ['chosen', 'other, seed 0', 1],
      ],
    );
    const band = overlays?.[0]?.tables.find(({ table }) => table === 'validation')?.columns.accuracy;
    assert.ok(Math.abs(band!.mean[0]! - 0.7) < 1e-12);
    assert.ok(Math.abs(band!.high![0]! - band!.mean[0]! - Math.SQRT2 / 10) < 1e-12);
    assert.ok(Math.abs(references!.baseline!.accuracy - 0.7) < 1e-12);
    const again = await collect({ overlays: [other.folder] });
    assert.ok(again.overlays?.every((overlay, index) => overlay === overlays?.[index]));
  });

  it('compares runs without a run of its own', async () => {
    const recipe = sampleRecipe({ name: 'compared' });
    const runs = [await finishedRun(recipe, 0.6), await finishedRun({ ...recipe, ...kd }, 0.7)];
    const keys = runs.map(({ folder }) => folder);
    const parts = await collectorOf({ kind: 'comparison', keys })();
    assert.equal(parts.header, undefined);
    assert.equal(parts.tables, undefined);
    assert.deepEqual(
      parts.overlays?.map(({ role }) => role),
      ['compared', 'compared'],
    );
    assert.deepEqual(
      parts.comparison?.rows.map(({ label }) => label),
      ['alone, seed 0', 'kd, seed 0'],
    );
  });

  it('tells what is damaged, and leaves the rest to be seen', async () => {
    const run = await finishedRun();
    fs.appendFileSync(path.join(run.folder, 'metrics.jsonl'), '{"kind":"train"\n');
    fs.rmSync(path.join(run.folder, 'log.txt'));
    fs.symlinkSync('/etc/passwd', path.join(run.folder, 'log.txt'));
    const collect = collectorOf({ kind: 'run', keys: [run.folder] });
    const parts = await collect({ tab: 'log' });
    assert.match(parts.header?.warnings.join() ?? '', /One line of metrics\.jsonl/);
    assert.match(parts.log?.lines.join() ?? '', /log\.txt is a link/);
    fs.writeFileSync(path.join(run.folder, 'run.json'), 'no JSON');
    const damaged = await collect();
    assert.equal(damaged.header?.state, 'unreadable');
    assert.match(damaged.header?.sentence ?? '', /run\.json is damaged/);
  });

  it('says so when a run goes while it is shown', async () => {
    const run = await finishedRun();
    const collect = collectorOf({ kind: 'run', keys: [run.folder] });
    const { header } = await collect();
    const trashed = await deleteRun(run);
    const deleted = await collect();
    assert.deepEqual(deleted.header?.actions, ['restore', 'close']);
    assert.match(deleted.header?.sentence ?? '', /was deleted/);
    fs.rmSync(trashed, { recursive: true });
    const gone = await collect();
    assert.deepEqual([gone.header?.state, gone.header?.id], ['gone', header?.id]);
    assert.deepEqual(gone.header?.actions, ['close']);
    assert.match(gone.header?.sentence ?? '', /is gone/);
  });
});
