import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { reviveQueued } from '../../src/launch/revive';
import { startWorker } from '../../src/launch/worker';
import { requestStop } from '../../src/runs/ask';
import { readInfo, type RunFolder } from '../../src/runs/folder';
import { listQueue, moveInQueue } from '../../src/runs/queue';
import { signalRun } from '../../src/runs/signal';
import { processOf, stateOf } from '../../src/runs/state';
import type { RunState } from '../../src/runs/types';
import { retort } from './cli-process';
import { queueRun } from './run-worker';
import { makeTinyWorkspace, tinyRecipe } from './tiny-workspace';

describe('Runs that wait for a device', function () {
  this.timeout(180_000);
  let workspace: string;
  const home = process.env.RETORT_HOME;
  const runs: RunFolder[] = [];

  beforeEach(() => {
    workspace = makeTinyWorkspace();
    process.env.RETORT_HOME = path.join(workspace, 'home');
    runs.length = 0;
  });
  afterEach(async () => {
    for (const run of runs) await signalRun(run, 'SIGKILL').catch(() => undefined);
    if (home === undefined) delete process.env.RETORT_HOME;
    else process.env.RETORT_HOME = home;
    fs.rmSync(workspace, { recursive: true, force: true });
  });

  const begin = async (epochs: number): Promise<RunFolder> => {
    const recipe = tinyRecipe(null) as { train: object };
    const run = await queueRun(workspace, { ...recipe, train: { ...recipe.train, epochs } });
    runs.push(run);
    await startWorker(run);
    return run;
  };
  const reaches = async (run: RunFolder, ...states: RunState[]): Promise<void> => {
    for (;;) {
      const { state, info } = await stateOf(run);
      if (states.includes(state)) return;
      assert.ok(!['failed', 'interrupted'].includes(state), `run is ${state}: ${info.reason}`);
      await wait(10);
    }
  };
  /** Where runs are in the queue: 0 for the one that works. */
  const positions = async (): Promise<Map<string, number>> => {
    const entries = (await listQueue()).flatMap((queue) => queue.entries);
    return new Map(entries.map(({ run, position }) => [run, position]));
  };
  const order = async (...waiting: RunFolder[]): Promise<void> => {
    const expected = JSON.stringify(waiting.map(({ folder }, index) => [folder, index]));
    for (let seen = ''; seen !== expected; await wait(10)) seen = JSON.stringify([...(await positions())]);
  };

  it('go one by one, as arranged, without those that were cancelled or killed, which can be revived', async () => {
    const working = await begin(10_000);
    await reaches(working, 'running');
    const cancelled = await begin(2);
    await order(working, cancelled);
    const killed = await begin(2);
    await order(working, cancelled, killed);
    const preferred = await begin(2);
    await order(working, cancelled, killed, preferred);
    for (const run of [cancelled, killed, preferred]) await reaches(run, 'queued');

    await moveInQueue(preferred.folder, 'front');
    await order(working, preferred, cancelled, killed);

    await requestStop(cancelled);
    await reaches(cancelled, 'stopped');
    for (const run of [killed, preferred]) {
      await signalRun(run, 'SIGKILL');
      while ((await processOf(await readInfo(run))) !== 'gone') await wait(10);
      assert.equal((await stateOf(run)).state, 'queued');
    }
    const last = await begin(2);
    await order(working, last);

    const { started, failed } = await reviveQueued([working.retortFolder]);
    assert.deepEqual([started.map(({ id }) => id), failed], [[preferred.id, killed.id], []]);
    await order(working, preferred, killed, last);
    for (const run of [preferred, killed]) await reaches(run, 'queued');
    assert.deepEqual((await reviveQueued([working.retortFolder])).started, []);
    assert.equal((await readInfo(killed)).backend, undefined, 'a run that waits has loaded its backend');

    await requestStop(working);
    await reaches(working, 'stopped');
    for (const run of [preferred, killed, last]) await reaches(run, 'done');
    const begun = [preferred, killed, last].map(startedAt);
    assert.deepEqual(
      begun,
      begun.toSorted((a, b) => a - b),
      'they did not keep their order',
    );
    const { progress, queuedAt } = await readInfo(cancelled);
    assert.deepEqual([progress, queuedAt], [undefined, undefined], 'a cancelled run has trained or waits');
    assert.deepEqual([...(await positions())], []);
  });

  /** When a run took its first step. */
  function startedAt(run: RunFolder): number {
    const first = fs.readFileSync(path.join(run.folder, 'metrics.jsonl'), 'utf8').split('\n')[0]!;
    return (JSON.parse(first) as { time: number }).time;
  }

  it('are listed, moved and cancelled from the command line, by the beginning of their ids', async () => {
    const working = await begin(10_000);
    await reaches(working, 'running');
    const second = await begin(2);
    await order(working, second);
    const third = await begin(2);
    await order(working, second, third);
    const other = fs.mkdtempSync(path.join(workspace, 'other-'));
    const moved = await retort(other, 'queue', 'move', third.id.slice(0, -1), 'up');
    assert.deepEqual([moved.code, moved.stdout], [0, `Run ${third.id} is number 1 of those that wait\n`]);
    const { stdout } = await retort(other, 'queue');
    assert.deepEqual(
      stdout.split('\n').map((line) => line.split(/ {3,}/)),
      [
        ['device', 'state', 'run', 'experiment', 'workspace'],
        ['cpu', 'works', working.id, 'tiny / alone / seed 0', workspace],
        ['cpu', 'waits, number 1', third.id, 'tiny / alone / seed 0', workspace],
        ['cpu', 'waits, number 2', second.id, 'tiny / alone / seed 0', workspace],
        [''],
      ],
    );
    const refused = await retort(other, 'queue', 'cancel', working.id);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /works already; stop it with: retort stop/);
    assert.equal((await retort(other, 'queue', 'cancel', third.id)).code, 0);
    await reaches(third, 'stopped');
    const limit = await retort(other, 'queue', 'limit', '2', '--device', 'cpu');
    assert.equal(limit.stdout, 'cpu: 2 runs at a time\n');
    await reaches(second, 'done');
    assert.equal((await stateOf(working)).state, 'running');
  });

  it('are left to whoever has just made them', async () => {
    const run = await queueRun(workspace, tinyRecipe(null));
    assert.deepEqual((await reviveQueued([run.retortFolder])).started, []);
    const file = path.join(run.folder, 'run.json');
    const info = JSON.parse(fs.readFileSync(file, 'utf8')) as object;
    fs.writeFileSync(file, JSON.stringify({ ...info, createdAt: '2020-01-01T00:00:00.000Z' }));
    runs.push(run);
    assert.deepEqual(
      (await reviveQueued([run.retortFolder])).started.map(({ id }) => id),
      [run.id],
    );
  });

  it('are told apart from those that could not be started', async () => {
    const run = await queueRun(workspace, tinyRecipe(null));
    const file = path.join(run.folder, 'run.json');
    const info = JSON.parse(fs.readFileSync(file, 'utf8')) as object;
    fs.writeFileSync(file, JSON.stringify({ ...info, createdAt: '2020-01-01T00:00:00.000Z' }));
    const { started, failed } = await reviveQueued([run.retortFolder], { node: '/no/such/node' });
    assert.deepEqual([started, failed.map(({ run: { id } }) => id)], [[], [run.id]]);
    assert.match(failed[0]!.reason, /no\/such\/node cannot run workers/);
  });
});
