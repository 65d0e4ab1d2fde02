import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { createRun, type RunFolder } from '../../src/runs/folder';
import { commandLineOf, processIdentity, whereIs } from '../../src/runs/processes';
import { acquireRunLock, runHolder } from '../../src/runs/run-lock';
import { endOf, nextLine, sampleRecipe, startProcess, temporaryRetortFolder } from './runs-helpers';

describe('processes', () => {
  it('tells a living process from a dead one and from one that took its pid', async () => {
    const child = startProcess(`console.log('up'); process.stdin.resume()`);
    await nextLine(child);
    const identity = (await processIdentity(child.pid))!;
    assert.equal(identity.host, os.hostname());
    assert.equal(await whereIs(identity), 'alive');
    assert.match((await commandLineOf(identity))!, /--require tsx\/cjs/);
    assert.equal(await whereIs({ ...identity, started: `${identity.started}0` }), 'gone');
    assert.equal(await whereIs({ ...identity, boot: 'an earlier one' }), 'gone');
    assert.equal(await whereIs({ ...identity, host: 'another' }), 'elsewhere');
    assert.equal(await whereIs({ ...identity, namespace: 'another' }), 'elsewhere');
    child.kill('SIGKILL');
    await once(child, 'close');
    assert.equal(await whereIs(identity), 'gone');
    assert.equal(await processIdentity(child.pid), undefined);
  });
});

describe('run lock', () => {
  let retort: ReturnType<typeof temporaryRetortFolder>;
  let run: RunFolder;
  beforeEach(async () => {
    retort = temporaryRetortFolder();
    run = await createRun(retort.folder, sampleRecipe());
  });
  afterEach(() => retort.remove());

  const take = (): string =>
    `const run = await runs.openRun(${JSON.stringify(retort.folder)}, '${run.id}');
     const lock = await runs.acquireRunLock(run);`;

  it('is held by one process, which is named to others, and passes on when released or dead', async () => {
    const child = startProcess(`${take()} console.log('taken'); process.stdin.resume()`);
    assert.equal(await nextLine(child), 'taken');
    await assert.rejects(acquireRunLock(run), {
      name: 'InputError',
      message: `Run ${run.id} is held by process ${child.pid} on ${os.hostname()}; stop it first (retort stop ${run.id})`,
    });
    child.kill('SIGKILL');
    await once(child, 'close');
    const lock = await acquireRunLock(run);
    assert.equal((await runHolder(run))!.pid, process.pid);
    lock.release();
    assert.equal(await runHolder(run), undefined);
    (await acquireRunLock(run)).release();
  });

  it('is taken over from a dead process by one of many that try at once', async () => {
    for (let round = 0; round < 3; round++) {
      const dead = startProcess(`${take()} process.kill(process.pid, 'SIGKILL')`);
      assert.equal((await endOf(dead)).signal, 'SIGKILL');
      const takers = Array.from({ length: 4 }, () =>
        startProcess(`
          await runs.processIdentity();
          console.log('ready');
          await require('events').once(process.stdin, 'data');
          try { ${take()} console.log('taken'); } catch (error) { console.log(error.message); }
          await require('events').once(process.stdin, 'end');`),
      );
      await Promise.all(takers.map(nextLine));
      for (const taker of takers) taker.stdin!.write('go\n');
      const answers = await Promise.all(takers.map(nextLine));
      assert.equal(answers.filter((answer) => answer === 'taken').length, 1, answers.join('\n'));
      assert.equal(
        answers.filter((answer) => answer.includes('is held by process')).length,
        3,
        answers.join('\n'),
      );
      for (const taker of takers) taker.stdin!.end();
      await Promise.all(takers.map((taker) => once(taker, 'close')));
    }
  });

  it('gives each of many contenders its turn, one at a time', async () => {
    const counter = path.join(retort.folder, 'counter');
    fs.writeFileSync(counter, '0');
    const contender = `
      const run = await runs.openRun(${JSON.stringify(retort.folder)}, '${run.id}');
      for (let done = 0; done < 25; ) {
        let lock;
        try { lock = await runs.acquireRunLock(run); } catch (error) { if (error.name !== 'InputError') throw error; continue; }
        const fs = require('fs');
        const seen = Number(fs.readFileSync(${JSON.stringify(counter)}, 'utf8'));
        await new Promise(setImmediate);
        fs.writeFileSync(${JSON.stringify(counter)}, String(seen + 1));
        lock.release();
        done++;
      }`;
    const ends = await Promise.all([1, 2, 3].map(() => endOf(startProcess(contender))));
    assert.deepEqual(
      ends.map((end) => end.code),
      [0, 0, 0],
    );
    assert.equal(fs.readFileSync(counter, 'utf8'), '75');
  });

  it('is not taken from another host, save on a word of a person and with a heartbeat that stands still', async () => {
    const lock = await acquireRunLock(run);
    lock.release();
    const claim = fs.readdirSync(path.join(run.folder, 'lock'))[0]!;
    const holder = { ...lock.holder, host: 'node17' };
    fs.writeFileSync(path.join(run.folder, 'lock', claim, 'claim.json'), JSON.stringify({ holder }));
    await assert.rejects(acquireRunLock(run), {
      name: 'InputError',
      message: `Run ${run.id} is held by process ${process.pid} on node17, which cannot be seen from here; if it no longer runs there, add --take-over`,
    });

    let counter = 0;
    const beat = (): void =>
      fs.writeFileSync(path.join(run.folder, 'heartbeat'), JSON.stringify({ counter: counter++, step: 0 }));
    beat();
    const beating = setInterval(beat, 100);
    try {
      await assert.rejects(
        acquireRunLock(run, { takeOver: true }),
        /is still worked on by process \d+ on node17/,
      );
    } finally {
      clearInterval(beating);
    }
    await acquireRunLock(run, { takeOver: true });
    assert.equal((await runHolder(run))!.host, os.hostname());
  });

  it('does not follow a lock folder that is a link', async () => {
    fs.symlinkSync(path.dirname(retort.folder), path.join(run.folder, 'lock'));
    await assert.rejects(acquireRunLock(run), /lock is a link/);
  });
});
