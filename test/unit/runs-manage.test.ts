import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Recipe } from '../../src/recipe/schema';
import { CheckpointStore } from '../../src/runs/checkpoints';
import { readMetricsCsv } from '../../src/runs/csv';
import { createRun, listRuns, openRun, type RunFolder } from '../../src/runs/folder';
import { readNotes, writeNotes } from '../../src/runs/notes';
import { pruneRuns } from '../../src/runs/prune';
import { acquireRunLock } from '../../src/runs/run-lock';
import { deleteRun, restoreRun } from '../../src/runs/trash';
import type { MetricLine } from '../../src/runs/types';
import { nextLine, sampleRecipe, startProcess, temporaryRetortFolder } from './runs-helpers';

describe('keeping runs', () => {
  let retort: ReturnType<typeof temporaryRetortFolder>;
  beforeEach(() => (retort = temporaryRetortFolder()));
  afterEach(() => retort.remove());

  /** A run with checkpoints of steps 1, 2 (best), 3 and 4, all kept on request. */
  const runWithCheckpoints = async (state: string, recipe: Recipe = sampleRecipe()): Promise<RunFolder> => {
    const run = await createRun(retort.folder, recipe);
    const file = path.join(run.folder, 'run.json');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('"queued"', `"${state}"`));
    const store = new CheckpointStore(run);
    for (const step of [1, 2, 3, 4]) {
      await store.write(step, { weights: new Uint8Array(step) }, { best: step === 2, requested: true });
    }
    return run;
  };
  const steps = async (run: RunFolder): Promise<number[]> =>
    (await new CheckpointStore(run).list()).map((checkpoint) => checkpoint.step);
  const holder = (run: RunFolder): ReturnType<typeof startProcess> =>
    startProcess(
      `await runs.acquireRunLock(await runs.openRun(${JSON.stringify(retort.folder)}, '${run.id}'));
       console.log('up');
       process.stdin.resume();`,
    );
  const student = (weights: string): Partial<Recipe> => ({
    student: { model: 'builtin:resnet8', args: {}, weights },
  });

  it('keeps notes apart from what the worker writes', async () => {
    const run = await createRun(retort.folder, sampleRecipe());
    assert.deepEqual(await readNotes(run), {});
    const notes = { star: true, note: 'first that works\n', tags: ['a'], name: 'Best' };
    writeNotes(run, notes);
    assert.deepEqual(await readNotes(run), notes);
    assert.throws(() => writeNotes(run, { star: 'yes' as unknown as boolean }), /notes\.json.*"\/star"/);
    fs.writeFileSync(path.join(run.folder, 'notes.json'), '{"tags":"a"}');
    await assert.rejects(readNotes(run), {
      name: 'InputError',
      message: /notes\.json is damaged at "\/tags"/,
    });
  });

  it('deletes to the trash, from where a run can be moved back', async () => {
    const run = await runWithCheckpoints('done');
    const trashed = await deleteRun(run);
    assert.equal(trashed, path.join(retort.folder, 'trash', run.id));
    assert.deepEqual(await listRuns(retort.folder), []);
    fs.renameSync(trashed, run.folder);
    assert.deepEqual(await steps(await openRun(retort.folder, run.id)), [1, 2, 3, 4]);
    (await acquireRunLock(run)).release();
  });

  it('moves a run back from the trash, unless its place is taken or it is gone', async () => {
    const run = await createRun(retort.folder, sampleRecipe());
    const trashed = await deleteRun(run);
    await restoreRun(run);
    assert.equal((await openRun(retort.folder, run.id)).folder, run.folder);
    await assert.rejects(restoreRun(run), /is not in .*trash any more/);
    fs.cpSync(run.folder, trashed, { recursive: true });
    await assert.rejects(restoreRun(run), /is there already/);
  });

  it('deletes no run that a process holds', async () => {
    const run = await runWithCheckpoints('running');
    const child = holder(run);
    await nextLine(child);
    await assert.rejects(deleteRun(run), {
      name: 'InputError',
      message: new RegExp(`held by process ${child.pid}`),
    });
    child.kill('SIGKILL');
    await once(child, 'close');
    await deleteRun(run);
  });

  describe('pruning', () => {
    it('keeps of a done run what it reports and what other runs refer to', async () => {
      const run = await runWithCheckpoints('done');
      assert.deepEqual(
        (await pruneRuns(retort.folder, { dryRun: true })).map(({ step, bytes }) => [step, bytes]),
        [
          [1, 1],
          [3, 3],
          [4, 4],
        ],
      );
      const teacher = { model: `run:${run.id}/last`, args: {}, weights: null };
      await createRun(retort.folder, sampleRecipe(student(`run:${run.id}/step-3`)));
      await createRun(retort.folder, sampleRecipe({ teachers: { deep: teacher } }));
      await createRun(retort.folder, sampleRecipe(student(`run:${run.id}`)));
      assert.deepEqual(await steps(run), [1, 2, 3, 4]);
      const pruned = await pruneRuns(retort.folder, { dryRun: false });
      assert.deepEqual(
        pruned.map(({ step }) => step),
        [1],
      );
      assert.deepEqual(await steps(run), [2, 3, 4]);
      assert.deepEqual(await pruneRuns(retort.folder, { dryRun: false }), []);
    });

    it('keeps what the teacher of another run is', async () => {
      const run = await runWithCheckpoints('done');
      const teacher = { model: 'builtin:resnet20', args: {}, weights: `run:${run.id}/step-3` };
      await createRun(retort.folder, sampleRecipe({ teacher }));
      const pruned = await pruneRuns(retort.folder, { dryRun: true });
      assert.deepEqual(
        pruned.map(({ step }) => step),
        [1, 4],
      );
    });

    it('keeps the last one where that is reported, or where none is the best', async () => {
      const report = { ...sampleRecipe().report, checkpoint: 'last' } as const;
      const reporting = await runWithCheckpoints('done', sampleRecipe({ report }));
      const unvalidated = await runWithCheckpoints('done');
      await new CheckpointStore(unvalidated).remove(2);
      await pruneRuns(retort.folder, { dryRun: false });
      assert.deepEqual([await steps(reporting), await steps(unvalidated)], [[4], [4]]);
    });

    it('keeps what a run needs to be resumed', async () => {
      const states = ['stopped', 'running', 'failed'];
      const runs = await Promise.all(states.map((state) => runWithCheckpoints(state)));
      await pruneRuns(retort.folder, { dryRun: false });
      for (const run of runs) assert.deepEqual(await steps(run), [2, 4]);
    });

    it('keeps everything of starred runs and of those that a process holds', async () => {
      const starred = await runWithCheckpoints('done');
      writeNotes(starred, { star: true });
      const held = await runWithCheckpoints('done');
      const child = holder(held);
      await nextLine(child);
      assert.deepEqual(await pruneRuns(retort.folder, { dryRun: false }), []);
      child.kill('SIGKILL');
      await once(child, 'close');
      assert.deepEqual(
        (await pruneRuns(retort.folder, { dryRun: true })).map(({ run }) => run.id),
        Array(3).fill(held.id),
      );
    });

    it('removes nothing while a run cannot be read, which may refer to any', async () => {
      const run = await runWithCheckpoints('done');
      const damaged = await createRun(retort.folder, sampleRecipe());
      fs.writeFileSync(path.join(damaged.folder, 'recipe.json'), '{');
      await assert.rejects(pruneRuns(retort.folder, { dryRun: false }), {
        name: 'InputError',
        message: new RegExp(`^Run ${damaged.id} cannot be read`),
      });
      assert.deepEqual(await steps(run), [1, 2, 3, 4]);
    });
  });

  it('exports metrics as CSV', async () => {
    const place = { attempt: 1, seq: 1, step: 10, epoch: 0.5, time: Date.UTC(2026, 10, 22) };
    const run = await createRun(retort.folder, sampleRecipe());
    const lines: MetricLine[] = [
      {
        kind: 'train',
        ...place,
        loss: 1.5,
        terms: { task: 1, 'tat@a,"b"': 0.5 },
        accuracy: 0.25,
        lr: 0.1,
        imagesPerSecond: 800,
        dataWait: 0,
        memory: { resident: 4096 },
      },
      { kind: 'validation', ...place, seq: 2, loss: null, accuracy: 0.5 },
      { kind: 'hooks', ...place, seq: 3, hooks: { kd: { weight: 0.9, loss: 2, cka: 0.25 } } },
      { kind: 'teachers', ...place, seq: 4, teachers: { deep: { loss: 0.25, accuracy: 0.75 } } },
    ];
    writeMetrics(run, lines);
    assert.equal(
      (await csvParts(run)).join(''),
      'kind,attempt,seq,step,epoch,time,loss,accuracy,lr,imagesPerSecond,dataWait,residentBytes,deviceBytes,term task,"term tat@a,""b""",hook kd weight,hook kd loss,hook kd cka,teacher deep loss,teacher deep accuracy\r\n' +
        'train,1,1,10,0.5,2026-11-22T00:00:00.000Z,1.5,0.25,0.1,800,0,4096,,1,0.5,,,,,\r\n' +
        'validation,1,2,10,0.5,2026-11-22T00:00:00.000Z,,0.5,,,,,,,,,,,,\r\n' +
        'hooks,1,3,10,0.5,2026-11-22T00:00:00.000Z,,,,,,,,,,0.9,2,0.25,,\r\n' +
        'teachers,1,4,10,0.5,2026-11-22T00:00:00.000Z,,,,,,,,,,,,,0.25,0.75\r\n',
    );
  });

  it('exports the metrics of a resumed run as they count, a part at a time', async () => {
    const run = await createRun(retort.folder, sampleRecipe());
    const attempt = (number: number, seq: number, step: number): object => {
      return { kind: 'attempt', attempt: number, seq, step, time: 0 };
    };
    const validation = (number: number, seq: number, step: number): object => {
      const place = { attempt: number, seq, step, epoch: step / 1000, time: 0 };
      return { kind: 'validation', ...place, loss: 1, accuracy: 0.5 };
    };
    const lines = [attempt(1, 0, 0)];
    for (let step = 1; step <= 3000; step++) lines.push(validation(1, step, step));
    lines.push(attempt(2, 3001, 2000), validation(2, 3002, 2001), validation(2, 3003, 2002));
    lines.push(attempt(3, 3004, 2001), validation(3, 3005, 2002));
    writeMetrics(run, lines, '{"torn');
    const parts = await csvParts(run);
    assert.ok(parts.length > 1);
    const [, ...rows] = parts.join('').trimEnd().split('\r\n');
    const places = rows.map((row) => {
      const [, attemptOfRow, , step] = row.split(',');
      return [Number(attemptOfRow), Number(step)];
    });
    const first = Array.from({ length: 2000 }, (_, index) => [1, index + 1]);
    assert.deepEqual(places, [...first, [2, 2001], [3, 2002]]);
  });
});

function writeMetrics({ folder }: RunFolder, lines: readonly object[], torn = ''): void {
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  fs.writeFileSync(path.join(folder, 'metrics.jsonl'), text + torn);
}

async function csvParts(run: RunFolder): Promise<string[]> {
  const parts: string[] = [];
  for await (const part of readMetricsCsv(run)) parts.push(part);
  return parts;
}
