import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { RunLooker } from '../../src/extension/common/run-looker';
import { isReadable } from '../../src/extension/common/seen-run';
import { writeNotes } from '../../src/runs/notes';
import { processIdentity } from '../../src/runs/processes';
import { done, makeRun, writeInfo } from './extension-runs-helpers';
import { temporaryRetortFolder } from './runs-helpers';

describe('looking at all runs', () => {
  let retort: ReturnType<typeof temporaryRetortFolder>;
  let looker: RunLooker;

  beforeEach(() => {
    retort = temporaryRetortFolder();
    looker = new RunLooker();
  });
  afterEach(() => retort.remove());

  const look = (isFull = true): ReturnType<RunLooker['look']> => looker.look([retort.folder], isFull);

  it('finds nothing before there is a folder, and what appears in it later', async () => {
    assert.deepEqual(await look(), { added: [], changed: [], removed: [] });
    const run = await makeRun(retort.folder);
    const { added } = await look(false);
    assert.deepEqual(
      added.map(({ key }) => key),
      [run.folder],
    );
  });

  it('says nothing where nothing has changed, and keeps the very object', async () => {
    const run = await makeRun(retort.folder, { info: done(0.8) });
    await look();
    const seen = looker.get(run.folder);
    assert.deepEqual(await look(), { added: [], changed: [], removed: [] });
    assert.equal(looker.get(run.folder), seen);
  });

  it('follows live runs at every look, and the others at full ones', async () => {
    const self = (await processIdentity())!;
    const live = await makeRun(retort.folder, { info: { state: 'running', attempt: 1, process: self } });
    const over = await makeRun(retort.folder, { info: done(0.8) });
    await look();
    fs.writeFileSync(path.join(live.folder, 'heartbeat'), JSON.stringify({ counter: 1, step: 42 }));
    writeNotes(over, { star: true });
    const { changed } = await look(false);
    assert.deepEqual(
      changed.map(({ key, seen }) => [key, typeof seen === 'object' && seen.step]),
      [[live.folder, 42]],
    );
    const full = await look();
    assert.deepEqual(
      full.changed.map(({ key, notes }) => [key, notes]),
      [[over.folder, { star: true }]],
    );
  });

  it('sees at once that a process of this machine is gone', async () => {
    const self = (await processIdentity())!;
    const gone = { ...self, started: 'another time' };
    const run = await makeRun(retort.folder, { info: { state: 'running', attempt: 1, process: gone } });
    await look();
    const seen = looker.get(run.folder)!;
    assert.ok(isReadable(seen));
    assert.equal(seen.seen.state, 'interrupted');
  });

  it('notices a resume by somebody else', async () => {
    const run = await makeRun(retort.folder, { info: { state: 'stopped', attempt: 1 } });
    await look();
    await writeInfo(run, { state: 'running', attempt: 2, process: (await processIdentity())! });
    const { changed } = await look();
    assert.deepEqual(
      changed.map((seen) => isReadable(seen) && seen.seen.state),
      ['running'],
    );
  });

  it('lists a damaged run with the reason, with its notes, and again once it is mended', async () => {
    const run = await makeRun(retort.folder, { info: done(0.8), notes: { name: 'mine' } });
    const file = path.join(run.folder, 'run.json');
    const content = fs.readFileSync(file);
    fs.writeFileSync(file, '{"version": 1, "state": "do');
    await look();
    const damaged = looker.get(run.folder)!;
    assert.match(damaged.seen as string, /run\.json is damaged/);
    assert.deepEqual(damaged.notes, { name: 'mine' });
    fs.writeFileSync(file, content);
    await look();
    assert.ok(isReadable(looker.get(run.folder)!));
  });

  it('shows a run whose notes cannot be read without them', async () => {
    const run = await makeRun(retort.folder, { info: done(0.8) });
    fs.writeFileSync(path.join(run.folder, 'notes.json'), '{"tags": "all"}');
    await look();
    const seen = looker.get(run.folder)!;
    assert.ok(isReadable(seen));
    assert.deepEqual(seen.notes, {});
  });

  it('does not follow links that a stranger has put into a run, nor into runs', async () => {
    const run = await makeRun(retort.folder, { info: done(0.8) });
    const elsewhere = path.join(path.dirname(retort.folder), 'elsewhere.json');
    fs.renameSync(path.join(run.folder, 'recipe.json'), elsewhere);
    fs.symlinkSync(elsewhere, path.join(run.folder, 'recipe.json'));
    fs.symlinkSync(run.folder, path.join(retort.folder, 'runs', '20261122-101500-link'));
    await look();
    assert.deepEqual(
      looker.all().map(({ key }) => key),
      [run.folder],
    );
    assert.match(looker.get(run.folder)!.seen as string, /is a link/);
  });

  it('lets go of a run that was deleted, also while it was read', async () => {
    const run = await makeRun(retort.folder, { info: done(0.8) });
    await look();
    fs.rmSync(run.folder, { recursive: true });
    const { removed } = await look(false);
    assert.deepEqual(
      removed.map(({ key }) => key),
      [run.folder],
    );
    assert.equal(looker.get(run.folder), undefined);
  });

  it('takes two ways to one folder for one', async () => {
    await makeRun(retort.folder, { info: done(0.8) });
    const link = path.join(path.dirname(retort.folder), 'link');
    fs.symlinkSync(retort.folder, link);
    await looker.look([retort.folder, link], true);
    assert.equal(looker.all().length, 1);
  });

  it('lists runs in the order of their ids, however many', async () => {
    const made = await Promise.all(Array.from({ length: 40 }, () => makeRun(retort.folder)));
    const { added } = await look();
    assert.deepEqual(
      added.map(({ run }) => run.id),
      made.map(({ id }) => id).sort(),
    );
  });
});
