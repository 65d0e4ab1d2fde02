import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { asInputError, diskFault } from '../../src/common/disk-faults';
import { InputError } from '../../src/common/errors';
import { makeFolder } from '../../src/common/files';
import { requestStop } from '../../src/runs/ask';
import { createRun, type RunFolder } from '../../src/runs/folder';
import { writeNotes } from '../../src/runs/notes';
import { deleteRun } from '../../src/runs/trash';
import { sampleRecipe, temporaryRetortFolder } from './runs-helpers';

/** A user who may write nowhere but in the folders of temporary files. */
const NOBODY = 65534;

describe('a project that may not be written', () => {
  let retort: ReturnType<typeof temporaryRetortFolder>;
  let run: RunFolder;

  beforeEach(async function () {
    if (process.getuid === undefined) this.skip();
    retort = temporaryRetortFolder();
    run = await createRun(retort.folder, sampleRecipe());
    const runs = path.dirname(run.folder);
    for (const folder of [run.folder, runs, retort.folder, path.dirname(retort.folder)])
      fs.chmodSync(folder, 0o555);
    // Permissions mean nothing to root.
    if (process.getuid() === 0) process.seteuid!(NOBODY);
  });

  afterEach(() => {
    if (process.getuid!() === 0) process.seteuid!(0);
    for (const folder of [path.dirname(retort.folder), retort.folder, path.dirname(run.folder), run.folder])
      fs.chmodSync(folder, 0o755);
    retort.remove();
  });

  const told = async (work: () => unknown): Promise<string> => {
    try {
      await work();
    } catch (error) {
      const known = asInputError(error);
      assert.ok(known instanceof InputError, String(error));
      return known.message;
    }
    assert.fail('it was written');
  };
  const denied =
    'permission is denied; change the permissions, or work on a copy of the project that is yours';

  it('is named, with what to do, where a run is starred, stopped or deleted', async () => {
    for (const [work, folder] of [
      [() => writeNotes(run, { star: true }), run.folder],
      [() => requestStop(run), run.folder],
      [() => deleteRun(run), retort.folder],
    ] as const)
      assert.equal(await told(work), `Retort cannot work in ${folder}: ${denied}`);
  });

  it('is named, with what to do, where a run is to be made', async () => {
    const runs = path.join(retort.folder, 'runs');
    const work = (): unknown => createRun(retort.folder, sampleRecipe());
    assert.equal(await told(work), `No run can be made in ${runs}: ${denied}`);
  });
});

describe('faults of the disk', () => {
  const fault = (code: string, file?: string): Error =>
    Object.assign(new Error(`${code}: the system's own words`), { code, path: file });

  it('are told without the words of the system', () => {
    for (const code of ['EROFS', 'EACCES', 'EPERM', 'ENOSPC', 'EDQUOT']) {
      const known = asInputError(fault(code, path.join('/project', 'notes.json')));
      assert.ok(known instanceof InputError);
      assert.match(known.message, /^Retort cannot work in [\\/]project: [^:]+; [^:]+$/);
      assert.doesNotMatch(known.message, /E[A-Z]{4}|words/);
    }
    assert.match((asInputError(fault('ENOSPC')) as Error).message, /^Retort cannot go on: no space is left/);
  });

  it('are no others', () => {
    for (const error of [fault('ENOENT', '/project/x'), new Error('EROFS'), new InputError('mine'), 'text']) {
      assert.equal(asInputError(error), error);
      assert.equal(diskFault(error), undefined);
    }
  });
});

describe('making a folder', () => {
  it('makes those above it too, once, and ends at a link to nowhere', async () => {
    const made = temporaryRetortFolder();
    const { folder } = made;
    try {
      const deep = path.join(folder, 'a', 'b');
      await Promise.all([makeFolder(deep), makeFolder(deep)]);
      await makeFolder(deep);
      assert.ok(fs.statSync(deep).isDirectory());
      fs.symlinkSync(path.join(folder, 'nowhere'), path.join(folder, 'link'));
      await assert.rejects(makeFolder(path.join(folder, 'link', 'x')), { code: 'ENOENT' });
    } finally {
      made.remove();
    }
  });
});
