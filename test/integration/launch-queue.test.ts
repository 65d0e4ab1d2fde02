import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setImmediate as tick } from 'node:timers/promises';
import { waitForDevice } from '../../src/runs/device-queue';
import { listQueue, moveInQueue, type QueueEntry, setQueueLimit } from '../../src/runs/queue';
import { startProcess, temporaryRetortFolder } from '../unit/runs-helpers';

describe('device queue', () => {
  let home: ReturnType<typeof temporaryRetortFolder>;
  let children: ChildProcess[];
  beforeEach(() => {
    home = temporaryRetortFolder();
    children = [];
  });
  afterEach(async () => {
    for (const child of children) await end(child);
    home.remove();
  });

  async function end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'close');
  }

  /** Everything that the processes have printed. */
  const output = new WeakMap<ChildProcess, string[]>();

  /** Waits until a process has printed a line, now or before. */
  async function printed(child: ChildProcess, line: string): Promise<void> {
    while (!output.get(child)!.includes(line)) await once(child.stdout!, 'data');
  }

  /** A process that waits for a device, works until it is told to go on, and tells the journal. */
  const waiter = (name: string, device = 'cpu'): ChildProcess => {
    const child = startProcess(`
      const { waitForDevice } = require('./src/runs/device-queue.ts');
      const say = (what) => {
        require('fs').appendFileSync(${JSON.stringify(journal())}, '${name} ' + what + '\\n');
        console.log(what);
      };
      const home = ${JSON.stringify(home.folder)};
      let before;
      const onWaiting = (ahead) => { if (ahead !== before) console.log('ahead ' + (before = ahead)); };
      const slot = await waitForDevice('${device}', '/runs/${name}', { home, interval: 5, onWaiting });
      say('works');
      await require('events').once(process.stdin, 'data');
      say('done');
      await slot.release();
      await require('events').once(process.stdin, 'end');`);
    children.push(child);
    const lines: string[] = [];
    output.set(child, lines);
    child.stdout!.on('data', (text: Buffer) => lines.push(...text.toString('utf8').trim().split('\n')));
    return child;
  };
  /** The names in the queue, in its order. */
  const queued = async (device: string): Promise<string[]> => {
    const queues = await listQueue({ home: home.folder });
    return queues.find((queue) => queue.device === device)!.entries.map(({ runId }) => runId);
  };
  const journal = (): string => path.join(path.dirname(home.folder), 'journal');
  const folderOf = (device: string): string => {
    const [machine] = fs.readdirSync(path.join(home.folder, 'queue'));
    return path.join(home.folder, 'queue', machine!, device);
  };

  it('lets one work at a time, in the order in which they came', async () => {
    const names = ['first', 'second', 'third', 'fourth'];
    const waiters: ChildProcess[] = [];
    for (const [index, name] of names.entries()) {
      const child = waiter(name);
      waiters.push(child);
      await printed(child, index === 0 ? 'works' : `ahead ${index}`);
    }
    for (const child of waiters) {
      await printed(child, 'works');
      child.stdin!.write('go\n');
    }
    await printed(waiters.at(-1)!, 'done');
    assert.equal(
      fs.readFileSync(journal(), 'utf8'),
      names.map((name) => `${name} works\n${name} done\n`).join(''),
    );
    assert.deepEqual(fs.readdirSync(path.join(folderOf('cpu'), 'waiting')), []);
  });

  it('skips the dead, at work or waiting', async () => {
    const first = waiter('first');
    await printed(first, 'works');
    const dying = waiter('dying');
    await printed(dying, 'ahead 1');
    const third = waiter('third');
    await printed(third, 'ahead 2');
    await end(dying);
    await printed(third, 'ahead 1');
    await end(first);
    await printed(third, 'works');
  });

  it('lets as many work as the limit says', async () => {
    const first = waiter('first');
    await printed(first, 'works');
    await setQueueLimit('cpu', 2, { home: home.folder });
    const second = waiter('second');
    await printed(second, 'works');
    const third = waiter('third');
    await printed(third, 'ahead 2');
    await end(second);
    await printed(third, 'works');
  });

  it('starts none above a limit that was lowered', async () => {
    await setQueueLimit('cpu', 2, { home: home.folder });
    const [first, second] = [waiter('first'), waiter('second')];
    await Promise.all([printed(first, 'works'), printed(second, 'works')]);
    await setQueueLimit('cpu', 1, { home: home.folder });
    const third = waiter('third');
    await printed(third, 'ahead 2');
    await end(first);
    await printed(third, 'ahead 1');
    await end(second);
    await printed(third, 'works');
  });

  it('lists who works and who waits, by device, and forgets the dead', async () => {
    assert.deepEqual(await queued('cpu'), []);
    const first = waiter('first');
    await printed(first, 'works');
    const second = waiter('second');
    await printed(second, 'ahead 1');
    await printed(waiter('third'), 'ahead 2');
    await printed(waiter('other', 'gpu'), 'works');
    const works = (runId: string): QueueEntry => ({
      run: `/runs/${runId}`,
      runId,
      state: 'working',
      position: 0,
    });
    const waits = (runId: string, position: number): QueueEntry => ({
      run: `/runs/${runId}`,
      runId,
      state: 'waiting',
      position,
    });
    const list = (): ReturnType<typeof listQueue> => listQueue({ home: home.folder });
    assert.deepEqual(await list(), [
      { device: 'cpu', limit: 1, entries: [works('first'), waits('second', 1), waits('third', 2)] },
      { device: 'gpu', limit: 1, entries: [works('other')] },
    ]);
    await end(second);
    assert.deepEqual((await list())[0]!.entries, [works('first'), waits('third', 1)]);
    first.stdin!.write('go\n');
    await printed(first, 'done');
    const alone = JSON.stringify([works('third')]);
    while (JSON.stringify((await list())[0]!.entries) !== alone) await tick();
  });

  it('lets those that wait be moved; who comes later waits behind them', async () => {
    const first = waiter('first');
    await printed(first, 'works');
    const names = ['second', 'third', 'fourth'];
    for (const [index, name] of names.entries()) await printed(waiter(name), `ahead ${index + 1}`);
    const move = (name: string, to: Parameters<typeof moveInQueue>[1]): Promise<void> =>
      moveInQueue(`/runs/${name}`, to, { home: home.folder });
    const steps: [name: string, to: Parameters<typeof moveInQueue>[1], order: string][] = [
      ['fourth', 'front', 'fourth second third'],
      ['fourth', 'up', 'fourth second third'],
      ['second', 'down', 'fourth third second'],
      ['fourth', 'back', 'third second fourth'],
      ['second', 'up', 'second third fourth'],
    ];
    for (const [name, to, order] of steps) {
      await move(name, to);
      assert.deepEqual(await queued('cpu'), ['first', ...order.split(' ')]);
    }
    await printed(waiter('fifth'), 'ahead 4');
    await assert.rejects(move('first', 'front'), {
      name: 'InputError',
      message: 'Run first does not wait for a device',
    });
    for (const child of children) child.stdin!.write('go\n');
    for (const child of children) await printed(child, 'done');
    const order = ['first', 'second', 'third', 'fourth', 'fifth'];
    assert.equal(
      fs.readFileSync(journal(), 'utf8'),
      order.map((name) => `${name} works\n${name} done\n`).join(''),
    );
  });

  it('gives who comes again the place it had, as arranged', async () => {
    await printed(waiter('first'), 'works');
    const times = new Map<string, number>();
    const wait = async (name: string, since?: number): Promise<AbortController> => {
      const leave = new AbortController();
      const options = { home: home.folder, interval: 1, since, signal: leave.signal };
      await new Promise<void>((resolve) => {
        const onWaiting = (_: number, at: number): void => (times.set(name, at), resolve());
        waitForDevice('cpu', `/runs/${name}`, { ...options, onWaiting }).catch(() => undefined);
      });
      return leave;
    };
    const leaves = new Map<string, AbortController>();
    const names = ['second', 'third', 'fourth'];
    for (const name of names) leaves.set(name, await wait(name));
    await moveInQueue('/runs/fourth', 'front', { home: home.folder });
    const leave = async (...left: string[]): Promise<void> => {
      for (const name of left) leaves.get(name)!.abort();
      while (left.some((name) => waiting.includes(name))) waiting = await queued('cpu');
    };
    let waiting = await queued('cpu');
    assert.deepEqual(waiting, ['first', 'fourth', 'second', 'third']);
    await leave('second', 'fourth');
    leaves.set('fifth', await wait('fifth'));
    assert.deepEqual(await queued('cpu'), ['first', 'third', 'fifth']);
    for (const name of ['second', 'fourth']) leaves.set(name, await wait(name, times.get(name)));
    waiting = await queued('cpu');
    assert.deepEqual(waiting, ['first', 'fourth', 'second', 'third', 'fifth']);
    await leave(...names, 'fifth');
  });

  it('lets nobody in front who comes after the clock was set back', async () => {
    await printed(waiter('first'), 'works');
    await printed(waiter('second'), 'ahead 1');
    const waiting = path.join(folderOf('cpu'), 'waiting');
    const [ticket] = fs.readdirSync(waiting);
    const later = path.join(
      waiting,
      ticket!.replace(/^\d+/, (time) => String(Number(time) + 3_600_000)),
    );
    fs.copyFileSync(path.join(waiting, ticket!), later);
    await printed(waiter('third'), 'ahead 3');
  });

  it('refuses limits that mean nothing', async () => {
    for (const limit of [0, 1.5, 100, NaN]) {
      await assert.rejects(setQueueLimit('cpu', limit, { home: home.folder }), { name: 'InputError' });
    }
  });

  it('says what is wrong with the limit', async () => {
    const slot = await waitForDevice('cpu', '/runs/own', { home: home.folder });
    await slot.release();
    fs.writeFileSync(path.join(folderOf('cpu'), 'limit'), 'many');
    await assert.rejects(waitForDevice('cpu', '/runs/own', { home: home.folder }), {
      name: 'InputError',
      message: /limit holds "many" instead of a number from 1 to 99/,
    });
    assert.deepEqual(fs.readdirSync(path.join(folderOf('cpu'), 'waiting')), []);
  });

  it('has a queue for each device', async () => {
    const [cpu, gpu] = [waiter('first'), waiter('second', 'gpu')];
    await Promise.all([printed(cpu, 'works'), printed(gpu, 'works')]);
  });

  it('can be left', async () => {
    await printed(waiter('first'), 'works');
    const controller = new AbortController();
    const leaving = waitForDevice('cpu', '/runs/own', {
      home: home.folder,
      interval: 1,
      signal: controller.signal,
      onWaiting: () => controller.abort(new Error('stopped')),
    });
    await assert.rejects(leaving, { message: 'stopped' });
    assert.deepEqual(fs.readdirSync(path.join(folderOf('cpu'), 'waiting')), []);
  });
});
