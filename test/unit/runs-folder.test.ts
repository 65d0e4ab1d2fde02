import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { InputError } from '../../src/common/errors';
import {
  createRun,
  listRuns,
  newRunId,
  openRun,
  readInfo,
  readRecipe,
  type RunFolder,
} from '../../src/runs/folder';
import { isRunId } from '../../src/recipe/reference';
import { sampleRecipe, temporaryRetortFolder } from './runs-helpers';

describe('run folder', () => {
  let retort: ReturnType<typeof temporaryRetortFolder>;
  beforeEach(() => (retort = temporaryRetortFolder()));
  afterEach(() => retort.remove());

  const inputError =
    (...words: RegExp[]) =>
    (error: unknown) => {
      assert.ok(error instanceof InputError, String(error));
      for (const word of words) assert.match(error.message, word);
      return true;
    };

  it('names runs by their time in UTC', () => {
    const id = newRunId(new Date('2026-11-22T10:15:00.999Z'));
    assert.match(id, /^20261122-101500-/);
    assert.ok(isRunId(id));
  });

  it('holds the recipe and a queued state, and nothing else', async () => {
    const run = await createRun(retort.folder, sampleRecipe(), {
      requestedBackend: 'cpu',
      commit: 'abc+changes',
    });
    assert.deepEqual(fs.readdirSync(run.folder).sort(), ['recipe.json', 'run.json']);
    assert.deepEqual(await readRecipe(run), sampleRecipe());
    const info = await readInfo(run);
    assert.equal(info.id, path.basename(run.folder));
    assert.deepEqual(
      [info.state, info.attempt, info.requestedBackend, info.commit],
      ['queued', 0, 'cpu', 'abc+changes'],
    );
    assert.deepEqual(fs.readdirSync(path.join(retort.folder, 'runs')), [run.id]);
  });

  it('leaves nothing behind when a run cannot be made', async () => {
    fs.mkdirSync(path.join(retort.folder, 'runs'), { recursive: true });
    await assert.rejects(createRun(retort.folder, { ...sampleRecipe(), name: '' }), inputError(/name/));
    assert.deepEqual(fs.readdirSync(path.join(retort.folder, 'runs')), []);
    process.env.RETORT_FAILPOINT = 'run-before-rename=ENOSPC';
    try {
      await assert.rejects(
        createRun(retort.folder, sampleRecipe()),
        inputError(/^No run can be made in .*runs: no space is left; free some and try again$/),
      );
    } finally {
      delete process.env.RETORT_FAILPOINT;
    }
    assert.deepEqual(fs.readdirSync(path.join(retort.folder, 'runs')), []);
  });

  it('refuses ids that are none', async () => {
    for (const id of [
      '..',
      '../x',
      '20261122-101500-k3f9/..',
      '',
      '20261122-101500-K3F9',
      '20261122-101500-k3f9\n',
    ]) {
      await assert.rejects(openRun(retort.folder, id), inputError(/not the id of a run/));
    }
    await assert.rejects(
      openRun(retort.folder, '20261122-101500-k3f9'),
      inputError(/There is no run 20261122-101500-k3f9/),
    );
  });

  describe('from a stranger', () => {
    let run: RunFolder;
    const file = (name: string): string => path.join(run.folder, name);
    const secret = (): string => path.join(path.dirname(retort.folder), 'secret.json');

    beforeEach(async () => {
      run = await createRun(retort.folder, sampleRecipe());
      fs.copyFileSync(file('run.json'), secret());
    });

    it('does not follow a run folder that is a link', async () => {
      const id = newRunId();
      fs.symlinkSync(run.folder, path.join(retort.folder, 'runs', id));
      await assert.rejects(openRun(retort.folder, id), inputError(/is a link/));
    });

    it('does not read through a link, even one to a good file', async () => {
      fs.rmSync(file('run.json'));
      fs.symlinkSync(secret(), file('run.json'));
      await assert.rejects(readInfo(run), inputError(/run\.json is a link/));
    });

    it('does not wait for a named pipe', async function () {
      if (process.platform === 'win32') this.skip();
      const { execFileSync } = await import('node:child_process');
      fs.rmSync(file('run.json'));
      execFileSync('mkfifo', [file('run.json')]);
      await assert.rejects(readInfo(run), inputError(/run\.json is not a plain file/));
    });

    it('says where a file is damaged', async () => {
      const good = fs.readFileSync(file('run.json'), 'utf8');
      const cases: [string, RegExp][] = [
        [good.slice(0, 20), /run\.json is damaged/],
        [good.replace('"queued"', '"interrupted"'), /run\.json is damaged at "\/state"/],
        [good.replace('"attempt": 0', '"attempt": "0"'), /run\.json is damaged at "\/attempt"/],
        [good.replace(run.id, '20200101-000000-aaaa'), /run\.json belongs to another run/],
        [good + ' '.repeat(2 << 20), /more than the 1048576 it may have/],
      ];
      for (const [content, message] of cases) {
        fs.writeFileSync(file('run.json'), content);
        await assert.rejects(readInfo(run), inputError(message));
      }
    });

    it('lists damaged runs with the reason, beside the good ones', async () => {
      const good = await createRun(retort.folder, sampleRecipe({ name: 'good' }));
      fs.rmSync(file('recipe.json'));
      fs.writeFileSync(path.join(retort.folder, 'runs', 'notes.txt'), 'no run');
      const listed = await listRuns(retort.folder);
      assert.deepEqual(new Set(listed.map((entry) => entry.run.id)), new Set([run.id, good.id]));
      for (const entry of listed) {
        if (entry.run.id === good.id) assert.ok('recipe' in entry && entry.recipe.name === 'good');
        else assert.ok('unreadable' in entry && /recipe\.json is missing/.test(entry.unreadable));
      }
    });
  });

  it('lists no runs where there is no folder', async () => {
    assert.deepEqual(await listRuns(retort.folder), []);
  });
});
