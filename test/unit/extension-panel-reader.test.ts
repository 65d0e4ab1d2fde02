import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { InputError } from '../../src/common/errors';
import { ReaderClient } from '../../src/extension/panel/reader/client';
import type { Result } from '../../src/extension/panel/reader/messages';
import type { TableChange } from '../../src/protocol/panel-charts';
import { createRun, type RunFolder } from '../../src/runs/folder';
import { acquireRunLock } from '../../src/runs/run-lock';
import { RunWriter } from '../../src/runs/writer';
import { sampleRecipe, temporaryRetortFolder } from './runs-helpers';

const figures = { loss: 1, accuracy: 0.5, lr: 0.1, imagesPerSecond: 800, dataWait: 0 };

/** A run of two attempts, the second from step 10: steps 10, 20', 30' count. */
async function resumedRun(retortFolder: string): Promise<RunFolder> {
  const run = await createRun(retortFolder, sampleRecipe());
  for (const [from, steps] of [
    [0, [10, 20]],
    [10, [20, 30]],
  ] as const) {
    const lock = await acquireRunLock(run);
    const writer = await RunWriter.open(lock, { state: 'running' });
    await writer.beginAttempt(from);
    for (const step of steps) {
      const terms = from === 0 ? { task: 1 } : { task: 1, 'kd, "soft"': 2 };
      writer.appendMetric({ kind: 'train', step, epoch: step / 10, ...figures, terms });
      writer.appendMetric({ kind: 'validation', step, epoch: step / 10, loss: 1, accuracy: step / 100 });
    }
    writer.close();
    lock.release();
  }
  return run;
}

describe('the thread that reads for panels', () => {
  const retort = temporaryRetortFolder();
  const client = new ReaderClient();
  let run: RunFolder;
  before(async () => (run = await resumedRun(retort.folder)));
  after(async () => {
    await client.dispose();
    retort.remove();
  });

  /** What has changed, once all is read. */
  async function follow(folder = run.folder): Promise<Result<'follow'>> {
    const changes: TableChange[] = [];
    for (;;) {
      const part = await client.call('follow', 'panel', folder, ['train', 'validation']);
      changes.push(...part.changes);
      if (!part.reading.isUnfinished) return { reading: part.reading, changes };
    }
  }

  it('follows a run, forgets on demand, and leaves off', async () => {
    assert.deepEqual(
      (await follow()).changes.map(({ keep, rows }) => [keep, rows.table, [...rows.step]]),
      [
        [0, 'train', [10, 20, 30]],
        [0, 'validation', [10, 20, 30]],
      ],
    );
    assert.deepEqual((await follow()).changes, []);
    await client.call('forget', 'panel', ['validation']);
    assert.deepEqual(
      (await follow()).changes.map(({ rows }) => rows.table),
      ['validation'],
    );
    await client.call('leave', 'panel');
  });

  it('gives curves of one run, bands of several, and stretches of an axis', async () => {
    const [train, validation] = await client.call('curves', [run.folder]);
    assert.equal(train?.columns.loss?.low, undefined);
    assert.deepEqual([...validation!.columns.accuracy!.mean], [0.1, 0.2, 0.3]);
    const [band] = await client.call('curves', [run.folder, run.folder]);
    assert.deepEqual([...band!.columns.loss!.high!], [1, 1, 1]);
    const zoomed = await client.call('zoom', run.folder, 'validation', 'step', 25, 26);
    assert.deepEqual([...zoomed.step], [20, 30]);
  });

  it('writes as CSV what counts', async () => {
    const file = path.join(retort.folder, 'metrics.csv');
    await client.call('writeCsv', run, file);
    const [header, ...rows] = fs.readFileSync(file, 'utf8').trimEnd().split('\r\n');
    assert.match(header!, /^kind,attempt,seq,step,.*,term task,"term kd, ""soft"+$/);
    const places = rows.map((row) => {
      const [kind, attempt, , step] = row.split(',');
      return `${kind} ${attempt} ${step}`;
    });
    const steps = ['1 10', '2 20', '2 30'];
    assert.deepEqual(
      places,
      steps.flatMap((place) => [`train ${place}`, `validation ${place}`]),
    );
  });

  it('hands on what is wrong with the files, and works on', async () => {
    const other = await createRun(retort.folder, sampleRecipe());
    fs.symlinkSync(path.join(run.folder, 'metrics.jsonl'), path.join(other.folder, 'metrics.jsonl'));
    const { reading } = await follow(other.folder);
    assert.match(reading.problem!, /metrics\.jsonl is a link/);
    await assert.rejects(client.call('writeCsv', other, path.join(retort.folder, 'none.csv')), InputError);
    assert.equal(await client.call('predictions', run, []), undefined);
  });
});
