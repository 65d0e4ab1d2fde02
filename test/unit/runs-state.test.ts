import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { followRun, type RunEvent } from '../../src/runs/follow';
import { createRun, type RunFolder } from '../../src/runs/folder';
import { processIdentity } from '../../src/runs/processes';
import { acquireRunLock } from '../../src/runs/run-lock';
import { signalRun } from '../../src/runs/signal';
import { RunObserver, stateOf } from '../../src/runs/state';
import type { ProcessIdentity } from '../../src/runs/types';
import { RunWriter } from '../../src/runs/writer';
import { endOf, nextLine, sampleRecipe, startProcess, temporaryRetortFolder } from './runs-helpers';

describe('state of a run', () => {
  let retort: ReturnType<typeof temporaryRetortFolder>;
  let run: RunFolder;
  beforeEach(async () => {
    retort = temporaryRetortFolder();
    run = await createRun(retort.folder, sampleRecipe());
  });
  afterEach(() => retort.remove());

  /** A process that holds the run, says so, and waits for the end of its input. */
  const holder = (state: string, environment = {}): ReturnType<typeof startProcess> =>
    startProcess(
      `const run = await runs.openRun(${JSON.stringify(retort.folder)}, '${run.id}');
       const writer = await runs.RunWriter.open(await runs.acquireRunLock(run), { state: '${state}' });
       console.log('up');
       await require('events').once(process.stdin.resume(), 'end');`,
      environment,
    );
  const change = (changes: object): void => {
    const file = path.join(run.folder, 'run.json');
    fs.writeFileSync(
      file,
      JSON.stringify({ ...(JSON.parse(fs.readFileSync(file, 'utf8')) as object), ...changes }),
    );
  };
  const beat = (counter: number): void =>
    fs.writeFileSync(path.join(run.folder, 'heartbeat'), JSON.stringify({ counter, step: 0 }));

  for (const written of ['starting', 'running', 'stopping']) {
    it(`is interrupted as soon as the process of a run that is ${written} is gone`, async () => {
      const child = holder(written);
      await nextLine(child);
      assert.equal((await stateOf(run)).state, written);
      child.kill('SIGKILL');
      await once(child, 'close');
      assert.equal((await stateOf(run)).state, 'interrupted');
    });
  }

  it('stays what is written where no process is needed', async () => {
    const child = holder('queued');
    await nextLine(child);
    child.kill('SIGKILL');
    await once(child, 'close');
    for (const state of ['queued', 'stopped', 'done', 'failed']) {
      change({ state });
      assert.equal((await stateOf(run)).state, state);
    }
  });

  it('is interrupted after 20 s of silence on another host, by the clock of whoever looks', async () => {
    const elsewhere: ProcessIdentity = { host: 'node17', boot: 'x', pid: 1, started: '1' };
    change({ state: 'running', process: elsewhere });
    let now = 1e6;
    const observer = new RunObserver(run, () => now);
    const look = async (later: number): Promise<string> => {
      now += later;
      return (await observer.look()).state;
    };
    beat(7);
    assert.equal(await look(0), 'running');
    assert.equal(await look(19_999), 'running');
    beat(8);
    assert.equal(await look(2), 'running');
    assert.equal(await look(19_999), 'running');
    assert.equal(await look(1), 'interrupted');
    beat(9);
    assert.equal(await look(0), 'running');
    fs.rmSync(path.join(run.folder, 'heartbeat'));
    assert.equal(await look(1), 'running');
    assert.equal(await look(20_000), 'interrupted');
  });

  describe('signals', () => {
    const bystander = async (): Promise<{
      child: ReturnType<typeof startProcess>;
      identity: ProcessIdentity;
    }> => {
      const child = startProcess(
        `console.log('up'); await require('events').once(process.stdin.resume(), 'end');`,
      );
      await nextLine(child);
      return { child, identity: (await processIdentity(child.pid))! };
    };

    it('go to no process that is not a worker of this run, whatever run.json says', async () => {
      const { child, identity } = await bystander();
      for (const named of [
        identity,
        { ...identity, started: '1' },
        { ...identity, host: 'node17' },
        { ...identity, pid: process.pid },
      ]) {
        change({ state: 'running', process: named });
        await assert.rejects(
          signalRun(run, 'SIGKILL'),
          /is not a worker of this run on this machine; no signal is sent/,
        );
      }
      change({ state: 'running', process: undefined });
      await assert.rejects(signalRun(run, 'SIGKILL'), /names no process/);
      child.stdin!.end();
      assert.deepEqual(await endOf(child), { printed: '', code: 0, signal: null });
    });
  });

  describe('following', () => {
    const describeEvent = (event: RunEvent): string =>
      event.type === 'state' ? `${event.state} ${event.info.attempt}` : `${event.type} ${event.line.step}`;

    it('gives every line once, the changes of state, and ends with the run', async () => {
      const lock = await acquireRunLock(run);
      const writer = await RunWriter.open(lock, { state: 'starting' });
      const score = { kind: 'validation', epoch: 0, loss: 1, accuracy: 0.5 } as const;
      const events = followRun(run, { interval: 1 });
      const next = async (count: number): Promise<string[]> => {
        const described = [];
        while (described.length < count)
          described.push(describeEvent((await events.next()).value as RunEvent));
        return described;
      };
      assert.deepEqual(await next(1), ['starting 0']);
      writer.update({ state: 'running' });
      assert.deepEqual(await next(1), ['running 0']);
      await writer.beginAttempt(0);
      // run.json and metrics.jsonl may be seen in either order.
      assert.deepEqual((await next(2)).sort(), ['attempt 0', 'running 1']);
      for (const step of [1, 2, 3]) writer.appendMetric({ ...score, step });
      assert.deepEqual(await next(3), ['metric 1', 'metric 2', 'metric 3']);
      await writer.beginAttempt(1);
      assert.deepEqual((await next(2)).sort(), ['attempt 1', 'running 2']);
      writer.appendMetric({ ...score, step: 2 });
      writer.update({ state: 'done' });
      assert.deepEqual(await next(2), ['metric 2', 'done 2']);
      assert.equal((await events.next()).done, true);
      writer.close();
      lock.release();
    });

    it('ends when the process is killed, also one that only waits', async () => {
      for (const [state, end] of [
        ['running', 'interrupted 0'],
        ['queued', 'queued 0'],
      ] as const) {
        const child = holder(state);
        await nextLine(child);
        const seen: string[] = [];
        for await (const event of followRun(run, { interval: 1 })) {
          seen.push(describeEvent(event));
          child.kill('SIGKILL');
        }
        assert.deepEqual(seen, [...new Set([`${state} 0`, end])]);
      }
    });

    it('ends when it is told to', async () => {
      const lock = await acquireRunLock(run);
      (await RunWriter.open(lock, { state: 'running' })).close();
      const controller = new AbortController();
      let count = 0;
      for await (const event of followRun(run, { signal: controller.signal, interval: 1e6 })) {
        assert.equal(describeEvent(event), 'running 0');
        count++;
        setImmediate(() => controller.abort());
      }
      assert.equal(count, 1);
    });
  });
});
