import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { CheckpointStore } from '../../src/runs/checkpoints';
import { createRun, type RunFolder } from '../../src/runs/folder';
import { endOf, sampleRecipe, startProcess, temporaryRetortFolder } from './runs-helpers';

describe('checkpoints', () => {
  let retort: ReturnType<typeof temporaryRetortFolder>;
  let run: RunFolder;
  let store: CheckpointStore;
  beforeEach(async () => {
    retort = temporaryRetortFolder();
    run = await createRun(retort.folder, sampleRecipe());
    store = new CheckpointStore(run);
  });
  afterEach(() => retort.remove());

  const files = (value: number): Record<string, Uint8Array> => ({
    'tensors.bin': new Uint8Array(1000).fill(value),
    'state.json': Buffer.from(`{"value":${value}}`),
  });
  const at = (...names: string[]): string => path.join(run.folder, 'checkpoints', ...names);
  const kept = async (): Promise<number[]> => (await store.list()).map((checkpoint) => checkpoint.step);
  const plain = (read: Readonly<Record<string, Uint8Array>>): Record<string, number[]> =>
    Object.fromEntries(Object.entries(read).map(([name, bytes]) => [name, [...bytes]]));
  const flip = (file: string): void => {
    const bytes = fs.readFileSync(file);
    bytes[bytes.length >> 1]! ^= 1;
    fs.writeFileSync(file, bytes);
  };

  it('gives back what was written', async () => {
    await store.write(5, files(1), { best: true });
    await store.write(10, files(2));
    for (const [name, step, value] of [
      ['last', 10, 2],
      ['best', 5, 1],
      ['step-5', 5, 1],
      ['step-10', 10, 2],
    ] as const) {
      const checkpoint = await store.read(name);
      assert.deepEqual([checkpoint.step, checkpoint.warnings], [step, []]);
      assert.deepEqual(plain(checkpoint.files), plain(files(value)));
    }
    assert.deepEqual(fs.readdirSync(at()).sort(), ['10', '5']);
  });

  it('keeps the last two, the best and the requested ones', async () => {
    await store.write(1, files(1), { best: true });
    await store.write(2, files(2), { requested: true });
    await store.write(3, files(3), { best: true });
    assert.deepEqual(await kept(), [2, 3]);
    await store.write(4, files(4));
    await store.write(5, files(5));
    assert.deepEqual(await kept(), [2, 3, 4, 5]);
    await store.write(6, files(6));
    assert.deepEqual(await kept(), [2, 3, 5, 6]);
    await store.write(7, files(7), { best: true });
    await store.write(8, files(8));
    assert.deepEqual(await kept(), [2, 7, 8]);
    assert.deepEqual(
      (await store.list()).map(({ best, requested }) => [best, requested]),
      [
        [false, true],
        [true, false],
        [false, false],
      ],
    );
  });

  it('skips damaged ones for `last`, and says so', async () => {
    await store.write(1, files(1), { requested: true });
    await store.write(2, files(2));
    await store.write(3, files(3));
    flip(at('3', 'tensors.bin'));
    fs.rmSync(at('2', 'state.json'));
    const checkpoint = await store.read('last');
    assert.equal(checkpoint.step, 1);
    assert.equal(checkpoint.warnings.length, 2);
    assert.match(checkpoint.warnings[0]!, /step 3 is not used: .*3.tensors\.bin is damaged/);
    assert.match(checkpoint.warnings[1]!, /step 2 is not used: .*2.state\.json is missing/);
    await assert.rejects(store.read('step-3'), { name: 'InputError', message: /3.tensors\.bin is damaged/ });
  });

  it('says what is damaged or missing', async () => {
    await assert.rejects(store.read('last'), /has no checkpoint to go on from/);
    await assert.rejects(store.read('best'), /has no best checkpoint/);
    await store.write(1, files(1), { best: true });
    await assert.rejects(store.read('step-7'), /has no checkpoint of step 7/);
    const damages: [() => void, RegExp][] = [
      [() => flip(at('1', 'state.json')), /1.state\.json is damaged/],
      [() => fs.appendFileSync(at('1', 'state.json'), ' '), /state\.json has 12 bytes, more than the 11/],
      [() => fs.truncateSync(at('1', 'state.json'), 3), /1.state\.json is damaged/],
      [() => fs.writeFileSync(at('1', 'manifest.json'), '{'), /1.manifest\.json is damaged/],
    ];
    for (const [damage, message] of damages) {
      await store.write(1, files(1), { best: true });
      damage();
      await assert.rejects(store.read('step-1'), { name: 'InputError', message });
    }
  });

  it('replaces a damaged one of the same step, and keeps that it was requested', async () => {
    await store.write(1, files(1), { requested: true });
    flip(at('1', 'tensors.bin'));
    await store.write(1, files(2));
    assert.deepEqual(plain((await store.read('last')).files), plain(files(2)));
    assert.equal((await store.list())[0]!.requested, true);
  });

  it('follows no link and no path out of the folder', async () => {
    const outside = path.join(path.dirname(retort.folder), 'outside');
    fs.mkdirSync(outside);
    fs.symlinkSync(outside, at());
    await assert.rejects(store.write(1, files(1)), /checkpoints is a link/);
    await assert.rejects(store.read('last'), /checkpoints is a link/);
    assert.deepEqual(fs.readdirSync(outside), []);
    fs.rmSync(at());

    await store.write(1, files(1));
    fs.renameSync(at('1', 'tensors.bin'), path.join(outside, 'tensors.bin'));
    fs.symlinkSync(path.join(outside, 'tensors.bin'), at('1', 'tensors.bin'));
    await assert.rejects(store.read('step-1'), /tensors\.bin is a link/);

    await store.write(2, files(2));
    const manifest = fs.readFileSync(at('2', 'manifest.json'), 'utf8');
    const climbing = '../../../../../outside/tensors.bin';
    fs.writeFileSync(at('2', 'manifest.json'), manifest.replace('tensors.bin', climbing));
    await assert.rejects(store.read('step-2'), { name: 'InputError', message: /outside.tensors\.bin/ });
  });

  for (const point of [
    'checkpoint-after-file-1',
    'checkpoint-after-file-2',
    'checkpoint-after-manifest',
    'checkpoint-after-rename',
  ]) {
    it(`is whole or not there after a kill at ${point}`, async () => {
      const write = (step: number): string =>
        `await store.write(${step}, { a: new Uint8Array(100000).fill(${step}), b: new Uint8Array(10).fill(${step}) });`;
      const open = `const store = new runs.CheckpointStore(await runs.openRun(${JSON.stringify(retort.folder)}, '${run.id}'));`;
      const child = startProcess(`${open} ${write(1)} ${write(2)} ${write(3)}`, {
        RETORT_FAILPOINT: `${point}@3`,
      });
      assert.equal((await endOf(child)).signal, 'SIGKILL');
      const expected = point === 'checkpoint-after-rename' ? 3 : 2;
      const last = await store.read('last');
      assert.deepEqual([last.step, last.warnings], [expected, []]);
      assert.ok(last.files.a!.every((value) => value === expected));
      // The next writing cleans up.
      await store.write(4, files(4));
      assert.deepEqual(fs.readdirSync(at()).sort(), [String(expected), '4']);
    });
  }

  const fullDisk = {
    name: 'InputError',
    message:
      /^The disk is full: the checkpoint of step 2 could not be written to .*; free space there and resume/,
  };

  it('leaves the earlier ones intact when the disk is full', async () => {
    await store.write(1, files(1));
    process.env.RETORT_FAILPOINT = 'checkpoint-after-file-2=ENOSPC';
    try {
      await assert.rejects(store.write(2, files(2)), fullDisk);
    } finally {
      delete process.env.RETORT_FAILPOINT;
    }
    assert.deepEqual(fs.readdirSync(at()), ['1']);
    assert.deepEqual(plain((await store.read('last')).files), plain(files(1)));
  });

  it('does not promise to resume from the first one when the disk is full', async () => {
    process.env.RETORT_FAILPOINT = 'checkpoint-after-file-1=ENOSPC';
    try {
      await assert.rejects(store.write(1, files(1)), {
        message: /^The disk is full: the checkpoint of step 1 .*; free space there and start again$/,
      });
    } finally {
      delete process.env.RETORT_FAILPOINT;
    }
  });

  it('leaves the earlier ones intact on a disk that is really full', async function () {
    fs.mkdirSync(at());
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', at()], { stdio: 'ignore' });
    } catch {
      // Mounting is for root on Linux.
      this.skip();
    }
    try {
      await store.write(1, files(1));
      await assert.rejects(store.write(2, { large: new Uint8Array(100_000) }), fullDisk);
      assert.deepEqual(plain((await store.read('last')).files), plain(files(1)));
      assert.deepEqual(fs.readdirSync(at()), ['1']);
    } finally {
      execFileSync('umount', [at()]);
    }
  });
});
