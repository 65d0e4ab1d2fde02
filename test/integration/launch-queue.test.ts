import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { waitForDevice } from '../../src/runs/device-queue';
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
      const slot = await waitForDevice('${device}', { home, interval: 5, onWaiting });
      say('works');
      await require('events').once(process.stdin, 'data');
      say('done');
      slot.release();
      await require('events').once(process.stdin, 'end');`);
    children.push(child);
    const lines: string[] = [];
    output.set(child, lines);
    child.stdout!.on('data', (text: Buffer) => lines.push(...text.toString('utf8').trim().split('\n')));
    return child;
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
    assert.deepEqual(fs.readdirSync(path.join(folderOf('cpu'), 'tickets')), []);
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
    fs.writeFileSync(path.join(folderOf('cpu'), 'limit'), '2\n');
    const second = waiter('second');
    await printed(second, 'works');
    const third = waiter('third');
    await printed(third, 'ahead 2');
    await end(second);
    await printed(third, 'works');
  });

  it('says what is wrong with the limit', async () => {
    const slot = await waitForDevice('cpu', { home: home.folder });
    slot.release();
    fs.writeFileSync(path.join(folderOf('cpu'), 'limit'), 'many');
    await assert.rejects(waitForDevice('cpu', { home: home.folder }), {
      name: 'InputError',
      message: /limit holds "many" instead of a number from 1 to 99/,
    });
    assert.deepEqual(fs.readdirSync(path.join(folderOf('cpu'), 'tickets')), []);
  });

  it('has a queue for each device', async () => {
    const [cpu, gpu] = [waiter('first'), waiter('second', 'gpu')];
    await Promise.all([printed(cpu, 'works'), printed(gpu, 'works')]);
  });

  it('can be left', async () => {
    await printed(waiter('first'), 'works');
    const controller = new AbortController();
    const leaving = waitForDevice('cpu', {
      home: home.folder,
      interval: 1,
      signal: controller.signal,
      onWaiting: () => controller.abort(new Error('stopped')),
    });
    await assert.rejects(leaving, { message: 'stopped' });
    assert.deepEqual(fs.readdirSync(path.join(folderOf('cpu'), 'tickets')), []);
  });
});
