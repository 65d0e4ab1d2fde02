import assert from 'node:assert/strict';
import * as path from 'node:path';
import { RunLooker } from '../../src/extension/common/run-looker';
import { endingText, EndingWatch } from '../../src/extension/runs/model/ending';
import { queueRows, waitingText } from '../../src/extension/runs/model/queue-rows';
import { fractionDone, TimeLeft } from '../../src/extension/runs/model/time-left';
import { processIdentity } from '../../src/runs/processes';
import { done, KD, lookAt, makeRun, readableOf, writeInfo } from './extension-runs-helpers';
import { temporaryRetortFolder } from './runs-helpers';

describe('following runs to their end', () => {
  let retort: ReturnType<typeof temporaryRetortFolder>;

  beforeEach(() => (retort = temporaryRetortFolder()));
  afterEach(() => retort.remove());

  describe('which are told', () => {
    it('are those that were seen at work, once', async () => {
      const process = (await processIdentity())!;
      const run = await makeRun(retort.folder, { info: { state: 'running', attempt: 1, process } });
      await makeRun(retort.folder, { info: done(0.8) });
      const [looker, watch] = [new RunLooker(), new EndingWatch()];
      const look = async (): Promise<string[]> =>
        watch.take(await looker.look([retort.folder], true)).map(({ key }) => key);
      assert.deepEqual(await look(), []);
      assert.deepEqual(watch.keys, [run.folder]);
      await writeInfo(run, done(0.9));
      assert.deepEqual(await look(), [run.folder]);
      await writeInfo(run, { ...done(0.9), warnings: ['late'] });
      assert.deepEqual(await look(), []);
      await writeInfo(run, { state: 'running', attempt: 2 });
      assert.deepEqual(await look(), []);
      await writeInfo(run, { state: 'failed', reason: 'no space' });
      assert.deepEqual(await look(), [run.folder]);
    });

    it("are not those of a stranger's folder, which only look alive at first", async () => {
      const process = { ...(await processIdentity())!, host: 'far away' };
      const run = await makeRun(retort.folder, { info: { state: 'running', attempt: 1, process } });
      const [seen] = readableOf(await lookAt(retort.folder));
      const ended = { ...seen!, seen: { ...seen!.seen, state: 'interrupted' as const } };
      const change = { added: [], changed: [], removed: [] };
      const watch = new EndingWatch();
      watch.take({ ...change, added: [seen!] });
      assert.deepEqual(watch.take({ ...change, changed: [ended] }), []);
      watch.take({ ...change, changed: [seen!] });
      watch.take({ ...change, changed: [{ ...seen!, notes: { star: true } }] });
      assert.deepEqual(
        watch.take({ ...change, changed: [ended] }).map(({ key }) => key),
        [run.folder],
      );
    });
  });

  describe('the sentence', () => {
    it('has accuracy, gap recovered and difference on one split', async () => {
      const teacher = { test: { accuracy: 0.93, loss: 1, samples: 10 } };
      await makeRun(retort.folder, { seed: 0, info: done(0.83) });
      await makeRun(retort.folder, { seed: 4, hooks: KD, info: { ...done(0.86), teacher } });
      const all = readableOf(await lookAt(retort.folder));
      const run = all.find(({ seen }) => seen.recipe.hooks.length > 0)!;
      assert.equal(
        endingText([run], all),
        'small / kd / seed 4: 86.0 % on test, gap recovered 30 %, +3.0 to the baseline',
      );
    });

    it('says why a run failed, and what to do with one that was interrupted', async () => {
      const gone = { ...(await processIdentity())!, started: 'before' };
      const progress = { step: 70, steps: 100, stepsPerEpoch: 10, epochs: 10 };
      await makeRun(retort.folder, { seed: 0, info: { state: 'failed', reason: 'there is no file x' } });
      await makeRun(retort.folder, { seed: 1, info: { state: 'running', process: gone, progress } });
      const all = readableOf(await lookAt(retort.folder));
      const texts = all.map((run) => endingText([run], all)).sort();
      assert.deepEqual(texts, [
        'small / alone / seed 0 failed: there is no file x',
        'small / alone / seed 1 was interrupted at epoch 7: its process is gone. Resuming it goes on from its last checkpoint.',
      ]);
    });
  });

  it('names the folder where there are runs of several, in its sentence and in the queue', async () => {
    const other = temporaryRetortFolder();
    try {
      await makeRun(retort.folder, { info: { state: 'failed', reason: 'no file' } });
      const waits = await makeRun(other.folder, { info: { state: 'queued' } });
      const all = readableOf(await lookAt(retort.folder, other.folder));
      const failed = all.find(({ seen }) => seen.state === 'failed')!;
      const [own, others] = [retort, other].map(({ folder }) => path.basename(path.dirname(folder)));
      assert.equal(endingText([failed], all), `${own} / small / alone / seed 0 failed: no file`);
      const [row] = queueRows([], all);
      assert.deepEqual([row?.key, row?.description], [waits.folder, `not started yet, of ${others}`]);
    } finally {
      other.remove();
    }
  });

  it('is one for all that end alike at the same moment', async () => {
    for (const seed of [0, 1]) await makeRun(retort.folder, { seed, info: { state: 'failed' } });
    const all = readableOf(await lookAt(retort.folder));
    assert.equal(endingText(all, all), '2 runs failed; their logs say why.');
  });

  describe('the time left', () => {
    it('is what the rest takes at the pace of all training so far', async () => {
      const process = (await processIdentity())!;
      const progress = { step: 50, steps: 200, stepsPerEpoch: 50, epochs: 4 };
      await makeRun(retort.folder, {
        info: { state: 'running', attempt: 1, process, progress, seconds: 100 },
      });
      const [run] = readableOf(await lookAt(retort.folder));
      assert.equal(new TimeLeft().of(run!), 300);
      const ahead = { ...run!, seen: { ...run!.seen, step: 100 } };
      assert.equal(new TimeLeft().of(ahead), 200);
      assert.equal(fractionDone(ahead), 0.5);
    });

    it('is what is seen of the steps in the first epoch, after five seconds', async () => {
      const process = (await processIdentity())!;
      const progress = { step: 0, steps: 100, stepsPerEpoch: 50, epochs: 2 };
      await makeRun(retort.folder, { info: { state: 'running', attempt: 1, process, progress } });
      const [run] = readableOf(await lookAt(retort.folder));
      let now = 1000;
      const left = new TimeLeft(() => now);
      const at = (step: number): number | undefined => left.of({ ...run!, seen: { ...run!.seen, step } });
      assert.equal(at(10), undefined);
      now += 2000;
      assert.equal(at(12), undefined);
      now += 8000;
      assert.equal(at(20), 80);
    });

    it('is what is seen of the steps of a later stage, which cost something else', async () => {
      const process = (await processIdentity())!;
      const progress = { step: 50, steps: 200, stepsPerEpoch: 50, epochs: 4 };
      await makeRun(retort.folder, {
        info: { state: 'running', attempt: 1, process, progress, seconds: 10 },
      });
      const [run] = readableOf(await lookAt(retort.folder));
      const { recipe } = run!.seen;
      const stages = [{ epochs: 1 }, { epochs: 3 }];
      const staged = { ...recipe, train: { ...recipe.train, epochs: 4, stages } };
      let now = 0;
      const left = new TimeLeft(() => now);
      const at = (step: number): number | undefined =>
        left.of({ ...run!, seen: { ...run!.seen, recipe: staged, step } });
      assert.equal(at(50), 30);
      assert.equal(at(60), undefined);
      now += 20_000;
      assert.equal(at(70), 260);
    });
  });

  describe('the queue', () => {
    it('shows who works and who waits, of whatever workspace, then who waits for nobody', async () => {
      const waits = await makeRun(retort.folder, { seed: 1, hooks: KD });
      const forsaken = await makeRun(retort.folder, { seed: 2 });
      const other = '/home/somebody/other/.retort/runs/20261122-101500-aaaa';
      const rows = queueRows(
        [
          {
            device: 'cpu',
            limit: 1,
            entries: [
              { run: other, runId: '20261122-101500-aaaa', state: 'working', position: 0 },
              { run: waits.folder, runId: waits.id, state: 'waiting', position: 1 },
            ],
          },
          { device: 'gpu', limit: 1, entries: [] },
        ],
        await lookAt(retort.folder),
      );
      assert.deepEqual(
        rows.map(({ key, label, description, context }) => [key, label, description, context]),
        [
          [other, '20261122-101500-aaaa', 'at work on cpu, of other', 'queued working foreign'],
          [waits.folder, 'kd, seed 1', 'next on cpu', 'queued waiting own next'],
          [forsaken.folder, 'alone, seed 2', 'not started yet', 'queued forsaken own'],
        ],
      );
      assert.equal(waitingText(rows), '2 waiting');
    });
  });
});
