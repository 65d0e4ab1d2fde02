import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { findNode } from '../../src/launch/node';
import { startWorker } from '../../src/launch/worker';
import { requestStop } from '../../src/runs/ask';
import { followRun } from '../../src/runs/follow';
import { createRun, readInfo, type RunFolder } from '../../src/runs/folder';
import { readMetrics } from '../../src/runs/metrics';
import { whereIs } from '../../src/runs/processes';
import { acquireRunLock } from '../../src/runs/run-lock';
import { signalRun } from '../../src/runs/signal';
import { stateOf } from '../../src/runs/state';
import { endOf, sampleRecipe, startProcess, temporaryRetortFolder } from '../unit/runs-helpers';

const program = path.join(__dirname, '../fixtures/launch/worker.js');

describe('launching workers', () => {
  let retort: ReturnType<typeof temporaryRetortFolder>;
  let run: RunFolder;
  beforeEach(async () => {
    retort = temporaryRetortFolder();
    run = await createRun(retort.folder, sampleRecipe());
  });
  afterEach(async () => {
    delete process.env.TEST_WORKER;
    await signalRun(run, 'SIGKILL').catch(() => undefined);
    retort.remove();
  });

  const start = (behaviour = 'train'): Promise<void> => {
    process.env.TEST_WORKER = behaviour;
    return startWorker(run, { program });
  };
  /** Follows the run to its end, or until an attempt has a step beyond the given one. */
  const follow = async (beyond = Infinity, attempt = 1): Promise<string> => {
    for await (const event of followRun(run, { interval: 5 })) {
      if (event.type !== 'metric') continue;
      if (event.line.attempt === attempt && event.line.step > beyond) break;
    }
    return (await stateOf(run)).state;
  };

  it('returns once the worker has taken the run', async () => {
    await start();
    const { state, process: worker } = await readInfo(run);
    assert.equal(state, 'running');
    assert.equal(await whereIs(worker!), 'alive');
    await assert.rejects(start(), {
      name: 'InputError',
      message: new RegExp(`is held by process ${worker!.pid}`),
    });
    assert.equal((await stateOf(run)).state, 'running');
  });

  it('returns too when the worker is done as soon as it has started', async () => {
    await start('short');
    assert.equal(await follow(), 'done');
  });

  it('starts workers that outlive it, and stop when asked', async () => {
    const launcher = startProcess(
      `const { startWorker } = require('./src/launch/worker.ts');
       await startWorker(await runs.openRun(${JSON.stringify(retort.folder)}, '${run.id}'), { program: ${JSON.stringify(program)} });`,
    );
    assert.equal((await endOf(launcher)).code, 0);
    assert.equal(await follow(10), 'running');
    await requestStop(run);
    assert.equal(await follow(), 'stopped');
    assert.deepEqual(fs.readdirSync(path.join(run.folder, 'requests')), []);
  });

  it('resumes a run whose worker was killed, and forgets what that one was asked', async () => {
    await start();
    await follow(3);
    const first = (await readInfo(run)).process!;
    // Nobody takes this request any more.
    await signalRun(run, 'SIGSTOP');
    await requestStop(run);
    await signalRun(run, 'SIGKILL');
    assert.equal(await follow(), 'interrupted');
    await start();
    assert.equal(await follow(3, 2), 'running');
    const info = await readInfo(run);
    assert.equal(info.attempt, 2);
    assert.notDeepEqual(info.process, first);
    const { lines } = await readMetrics(run);
    assert.ok(lines.every((line) => line.attempt === 2));
  });

  it('says why a worker refuses, and writes it into the run', async () => {
    await assert.rejects(start('refuse'), { name: 'InputError', message: 'the student is missing' });
    const { state, reason, fault } = await readInfo(run);
    assert.deepEqual([state, reason, fault], ['failed', 'the student is missing', 'input']);
  });

  it('says how a worker crashed', async () => {
    await assert.rejects(start('crash'), {
      name: 'Error',
      message: `The worker of run ${run.id} did not start: nothing works`,
    });
    assert.deepEqual([(await readInfo(run)).state, (await readInfo(run)).fault], ['failed', 'internal']);
    await start('short');
    assert.equal(await follow(), 'done');
  });

  it('does not write through links', async () => {
    const outside = path.join(path.dirname(retort.folder), 'outside');
    fs.symlinkSync(outside, path.join(run.folder, 'output.txt'));
    await assert.rejects(start(), { name: 'InputError', message: /output\.txt is a link/ });
    assert.ok(!fs.existsSync(outside));
  });

  it('signals the worker of this run, and no worker of another', async () => {
    await start();
    const other = await createRun(retort.folder, sampleRecipe());
    const info = { ...(await readInfo(run)), id: other.id };
    fs.writeFileSync(path.join(other.folder, 'run.json'), JSON.stringify(info));
    await assert.rejects(signalRun(other, 'SIGKILL'), /is not a worker of this run/);
    assert.equal((await stateOf(run)).state, 'running');
    await signalRun(run, 'SIGKILL');
    assert.equal(await follow(), 'interrupted');
  });

  it('lets a person take over a run that another host has left', async () => {
    const lock = await acquireRunLock(run);
    const claim = path.join(run.folder, 'lock', '1', 'claim.json');
    fs.writeFileSync(claim, JSON.stringify({ holder: { ...lock.holder, host: 'node17' } }));
    await assert.rejects(start('short'), { name: 'InputError', message: /on node17.*--take-over/ });
    process.env.TEST_WORKER = 'short';
    await startWorker(run, { program, takeOver: true });
    assert.equal(await follow(), 'done');
  });
});

describe('finding Node', () => {
  it('takes this one when it will do', async () => {
    assert.deepEqual(await findNode(), { command: process.execPath, environment: {} });
  });

  it('takes the chosen one, through a script that picks it too', async function () {
    if (process.platform === 'win32') this.skip();
    await withScript(`exec ${process.execPath} "$@"`, async (script) => {
      assert.deepEqual(await findNode(script), { command: process.execPath, environment: {} });
    });
  });

  it('refuses a chosen one that is too old, or none', async function () {
    if (process.platform === 'win32') this.skip();
    await withScript(`echo '{"version":"18.20.4","path":"/old/node"}'`, async (script) => {
      await assert.rejects(findNode(script), {
        name: 'InputError',
        message: `${script} cannot run workers, which need Node 20 to 24: it is Node 18.20.4`,
      });
    });
    await assert.rejects(findNode('/no/such/node'), { name: 'InputError', message: /ENOENT/ });
  });

  async function withScript(content: string, use: (file: string) => Promise<void>): Promise<void> {
    const temporary = temporaryRetortFolder();
    try {
      fs.writeFileSync(temporary.folder, `#!/bin/sh\n${content}\n`, { mode: 0o755 });
      await use(temporary.folder);
    } finally {
      temporary.remove();
    }
  }
});

describe('heartbeat', () => {
  it('beats while the main thread is blocked, with the last finished step', async () => {
    const retort = temporaryRetortFolder();
    fs.mkdirSync(retort.folder);
    const thread = path.join(__dirname, '../../src/worker/heartbeat-thread.ts');
    const child = startProcess(`
      const step = new BigInt64Array(new SharedArrayBuffer(8));
      const source = "require('tsx/cjs'); require(${JSON.stringify(thread).replaceAll('"', '\\"')})";
      const options = { eval: true, workerData: { folder: ${JSON.stringify(retort.folder)}, step } };
      const thread = new (require('worker_threads').Worker)(source, options);
      const file = require('path').join(options.workerData.folder, 'heartbeat');
      while (!require('fs').existsSync(file)) await new Promise(setImmediate);
      Atomics.store(step, 0, 41n);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);`);
    try {
      const file = path.join(retort.folder, 'heartbeat');
      const seen: unknown[] = [];
      while (seen.length < 3) {
        const text = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
        if (text !== '' && text !== seen.at(-1)) seen.push(text);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      assert.deepEqual(
        seen.map((text) => JSON.parse(text as string) as unknown),
        [
          { counter: 0, step: 0 },
          { counter: 1, step: 41 },
          { counter: 2, step: 41 },
        ],
      );
    } finally {
      child.kill('SIGKILL');
      await once(child, 'close');
      retort.remove();
    }
  });
});
