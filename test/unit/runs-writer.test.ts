import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { createRun, readInfo, type RunFolder } from '../../src/runs/folder';
import { readMetrics } from '../../src/runs/metrics';
import type { ScoreLine } from '../../src/runs/types';
import { requestCheckpoint, requestStop } from '../../src/runs/ask';
import { acquireRunLock, type RunLock } from '../../src/runs/run-lock';
import { type NewMetric, RunWriter } from '../../src/runs/writer';
import { endOf, sampleRecipe, startProcess, temporaryRetortFolder } from './runs-helpers';

describe('run writer and metrics', () => {
  let retort: ReturnType<typeof temporaryRetortFolder>;
  let run: RunFolder;
  let lock: RunLock;
  beforeEach(async () => {
    retort = temporaryRetortFolder();
    run = await createRun(retort.folder, sampleRecipe());
    lock = await acquireRunLock(run);
  });
  afterEach(() => retort.remove());

  const metricsFile = (): string => path.join(run.folder, 'metrics.jsonl');

  const validation = (step: number, accuracy = 0.5): Extract<NewMetric, { kind: ScoreLine['kind'] }> => ({
    kind: 'validation',
    step,
    epoch: step / 10,
    loss: 1,
    accuracy,
  });

  it('records itself and its changes in run.json, and removes what is undefined', async () => {
    const writer = await RunWriter.open(lock, { state: 'starting', reason: 'x' });
    assert.deepEqual((await readInfo(run)).process, lock.holder);
    writer.update({ state: 'running', reason: undefined });
    const info = await readInfo(run);
    assert.equal(info.state, 'running');
    assert.ok(!('reason' in info));
    assert.deepEqual(info, writer.info);
    writer.close();
  });

  it('refuses to write a run.json that could not be read back', async () => {
    const writer = await RunWriter.open(lock, { state: 'running' });
    assert.throws(() => writer.update({ seconds: 'long' as unknown as number }), /"\/seconds"/);
    assert.equal((await readInfo(run)).state, 'running');
    writer.close();
  });

  it('keeps numbers that are not finite readable, as null', async () => {
    const writer = await RunWriter.open(lock, { state: 'running' });
    await writer.beginAttempt(0);
    writer.appendMetric({ ...validation(1), loss: Infinity });
    writer.update({ last: { step: 1, epoch: 1, validation: { accuracy: 0.1, loss: NaN, samples: 10 } } });
    writer.close();
    assert.equal(((await readMetrics(run)).lines[0] as ScoreLine).loss, null);
    assert.equal((await readInfo(run)).last!.validation.loss, null);
  });

  it('drops lines of earlier attempts beyond the step that a later one goes on from', async () => {
    let writer = await RunWriter.open(lock, { state: 'running' });
    await writer.beginAttempt(0);
    for (const step of [10, 20, 30]) writer.appendMetric(validation(step, 0.1));
    writer.close();
    writer = await RunWriter.open(lock, { state: 'running' });
    await writer.beginAttempt(20);
    for (const step of [30, 40]) writer.appendMetric(validation(step, 0.2));
    writer.close();
    writer = await RunWriter.open(lock, { state: 'running' });
    await writer.beginAttempt(10);
    writer.appendMetric(validation(20, 0.3));
    writer.close();
    const { lines, damaged } = await readMetrics(run);
    assert.equal(damaged, 0);
    assert.deepEqual(
      (lines as ScoreLine[]).map((line) => [line.step, line.accuracy, line.attempt, line.seq]),
      [
        [10, 0.1, 1, 1],
        [20, 0.3, 3, 8],
      ],
    );
    assert.equal((await readInfo(run)).attempt, 3);
    const seqs = fs
      .readFileSync(metricsFile(), 'utf8')
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { seq: number }).seq);
    assert.deepEqual(seqs, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it('does not count a torn last line, and cuts it off when the run goes on', async () => {
    let writer = await RunWriter.open(lock, { state: 'running' });
    await writer.beginAttempt(0);
    writer.appendMetric(validation(10));
    writer.appendMetric(validation(20));
    writer.close();
    const whole = fs.readFileSync(metricsFile());
    for (const cut of [1, 5, 60]) {
      fs.writeFileSync(metricsFile(), whole.subarray(0, whole.length - cut));
      const { lines, damaged } = await readMetrics(run);
      assert.deepEqual([lines.map((line) => line.step), damaged], [[10], 0]);
    }
    writer = await RunWriter.open(lock, { state: 'running' });
    await writer.beginAttempt(10);
    writer.appendMetric(validation(20));
    writer.close();
    const { lines, damaged } = await readMetrics(run);
    assert.deepEqual([lines.map((line) => line.step), damaged], [[10, 20], 0]);
  });

  it('skips and counts lines that are damaged, and those with a wrong type', async () => {
    const writer = await RunWriter.open(lock, { state: 'running' });
    await writer.beginAttempt(0);
    fs.appendFileSync(metricsFile(), '\0\0\0\n{"kind":"validation","step":"1"}\n\xff\n', 'latin1');
    writer.appendMetric(validation(10));
    writer.close();
    const { lines, damaged } = await readMetrics(run);
    assert.deepEqual([lines.map((line) => line.step), damaged], [[10], 3]);
  });

  it('takes lines of a later version for no damage', async () => {
    const writer = await RunWriter.open(lock, { state: 'running' });
    await writer.beginAttempt(0);
    fs.appendFileSync(metricsFile(), '{"kind":"dreams","attempt":1,"seq":1,"step":5,"colour":"blue"}\n');
    writer.appendMetric(validation(10));
    writer.close();
    const { lines, damaged } = await readMetrics(run);
    assert.deepEqual([lines.map((line) => line.step), damaged], [[10], 0]);
  });

  it('reads lines that are longer than a piece of reading', async () => {
    const writer = await RunWriter.open(lock, { state: 'running' });
    await writer.beginAttempt(0);
    const terms = Object.fromEntries(Array.from({ length: 9000 }, (_, index) => [`term ä ${index}`, index]));
    const line = { loss: 1, terms, accuracy: 1, lr: 1, imagesPerSecond: 1, dataWait: 0 };
    for (const step of [1, 2]) writer.appendMetric({ kind: 'train', step, epoch: 0, ...line });
    writer.close();
    const { lines, damaged } = await readMetrics(run);
    assert.equal(damaged, 0);
    assert.deepEqual(
      lines.map((read) => read.kind === 'train' && read.terms),
      [terms, terms],
    );
  });

  it('has whole lines and no gap after a kill in the middle of writing', async () => {
    lock.release();
    const child = startProcess(`
      const run = await runs.openRun(${JSON.stringify(retort.folder)}, '${run.id}');
      const writer = await runs.RunWriter.open(await runs.acquireRunLock(run), { state: 'running' });
      await writer.beginAttempt(0);
      console.log('writing');
      for (let step = 1; ; step++) writer.appendMetric({ kind: 'validation', step, epoch: 0, loss: 1, accuracy: 1 });`);
    child.stdout!.once('data', () => {
      const waiting = setInterval(() => {
        if (fs.statSync(metricsFile()).size < 100_000) return;
        clearInterval(waiting);
        child.kill('SIGKILL');
      }, 1);
    });
    assert.equal((await endOf(child)).signal, 'SIGKILL');
    const { lines, damaged } = await readMetrics(run);
    assert.equal(damaged, 0);
    assert.ok(lines.length > 500);
    assert.deepEqual(
      lines.map((line) => line.step),
      Array.from(lines, (_, index) => index + 1),
    );
  });

  it('does not write through links', async () => {
    const outside = path.join(path.dirname(retort.folder), 'outside');
    for (const name of ['requests', 'metrics.jsonl', 'log.txt']) {
      fs.symlinkSync(outside, path.join(run.folder, name));
      await assert.rejects(RunWriter.open(lock, { state: 'running' }), new RegExp(`${name} is a link`));
      fs.rmSync(path.join(run.folder, name));
      assert.ok(!fs.existsSync(outside));
    }
  });

  it('says so when the disk is full, and leaves no half line', async () => {
    const writer = await RunWriter.open(lock, { state: 'running' });
    await writer.beginAttempt(0);
    process.env.RETORT_FAILPOINT = 'append-written=ENOSPC';
    try {
      assert.throws(() => writer.appendMetric(validation(10)), {
        name: 'InputError',
        message: /metrics\.jsonl cannot be written: ENOSPC.*mend that and resume/,
      });
    } finally {
      delete process.env.RETORT_FAILPOINT;
    }
    writer.appendMetric(validation(20));
    writer.close();
    const { lines, damaged } = await readMetrics(run);
    assert.deepEqual([lines.map((line) => line.step), damaged], [[20], 0]);
  });

  it('stops a queued run at once when no process waits for it', async () => {
    lock.release();
    await requestStop(run);
    assert.equal((await readInfo(run)).state, 'stopped');
    await assert.rejects(requestStop(run), /is not running: it is stopped/);
  });

  it('takes each request once', async () => {
    const writer = await RunWriter.open(lock, { state: 'running' });
    const none = { stop: false, stopAfterEpoch: false, checkpoint: false };
    assert.deepEqual(writer.takeRequests(), none);
    await requestCheckpoint(run);
    assert.deepEqual(writer.takeRequests(), { ...none, checkpoint: true });
    await requestStop(run, 'epoch');
    assert.deepEqual(writer.takeRequests(), { ...none, stopAfterEpoch: true });
    await requestStop(run);
    await requestCheckpoint(run);
    assert.deepEqual(writer.takeRequests(), { ...none, stop: true, checkpoint: true });
    assert.deepEqual(writer.takeRequests(), none);
    writer.update({ state: 'done' });
    await assert.rejects(requestStop(run), new RegExp(`Run ${run.id} is not running: it is done`));
    writer.close();
  });
});
