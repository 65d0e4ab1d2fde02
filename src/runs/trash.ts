import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { errorCode, InputError } from '../common/errors';
import type { RunFolder } from './folder';
import { ensureFolderInside, findInside } from './inside';
import { acquireRunLock } from './run-lock';

/**
 * Moves a run to `.retort/trash`, from where a person can move it back; gives the new place.
 * Throws `InputError` for a run that is held by a process.
 */
export async function deleteRun(run: RunFolder): Promise<string> {
  const trashed = path.join(await ensureFolderInside(run.retortFolder, 'trash'), run.id);
  const lock = await acquireRunLock(run);
  try {
    await fs.rename(run.folder, trashed);
  } catch (error) {
    lock.release();
    throw error;
  }
  // The lock moved too; it would keep a run that is moved back for as long as this process lives.
  await fs.rm(path.join(trashed, 'lock'), { recursive: true, force: true });
  return trashed;
}

/** Where a deleted run lies in the trash; undefined if it does not. */
export function findInTrash({ id, retortFolder }: RunFolder): Promise<string | undefined> {
  return findInside(retortFolder, 'trash', id);
}

/** Moves a run back from the trash. Throws `InputError` if it is no longer there, or its place is taken. */
export async function restoreRun(run: RunFolder): Promise<void> {
  const { id, folder, retortFolder } = run;
  const trashed = await findInTrash(run);
  if (trashed === undefined)
    throw new InputError(`Run ${id} is not in ${path.join(retortFolder, 'trash')} any more`);
  try {
    await fs.rename(trashed, folder);
  } catch (error) {
    if (!['EEXIST', 'ENOTEMPTY', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
    throw new InputError(`${folder} is there already; move it away to get run ${id} back from the trash`);
  }
}
