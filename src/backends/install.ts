import * as fs from 'node:fs';
import * as path from 'node:path';
import { errorCode, InputError } from '../common/errors';
import { failpoint } from '../common/failpoint';
import { backendTitles, type InstallableBackend } from './backend';
import { backendFolder, backendsFolder, readManifest, writeManifest } from './installed';
import { installTensorflow } from './install-tensorflow';
import { installWebgpu } from './install-webgpu';
import { lockBackend } from './lock';
import type { InstallOptions } from './progress';

/**
 * Installs a backend below `RETORT_HOME/backends`, by pinned versions and hashes. All work is done in a folder
 * aside that is renamed into place at the end, so that a backend is there whole or not at all. Does nothing if
 * it is installed.
 * Throws `InputError` where the platform, the compiler, the network, the disk or a hash does not allow it, and
 * the signal's reason when aborted.
 */
export async function installBackend(
  backend: InstallableBackend,
  options: InstallOptions = {},
): Promise<void> {
  if (readManifest(backend)) return;
  const unlock = lockBackend(backend);
  let aside: string | undefined;
  try {
    removeLeftovers(backend);
    if (readManifest(backend)) return;
    aside = fs.mkdtempSync(path.join(backendsFolder(), asidePrefix(backend)));
    const folder = path.join(aside, 'backend');
    const downloads = path.join(aside, 'downloads');
    fs.mkdirSync(folder);
    fs.mkdirSync(downloads);
    const install = backend === 'webgpu' ? installWebgpu : installTensorflow.bind(undefined, backend);
    writeManifest(folder, backend, await install(folder, downloads, options));
    failpoint('backend-before-rename');
    moveIntoPlace(backend, folder);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (errorCode(error) === 'ENOSPC' || errorCode(error) === 'EDQUOT') {
      throw new InputError(
        `No space is left in ${backendsFolder()} for ${backendTitles[backend]}; free some, or set RETORT_HOME to a folder on another disk`,
      );
    }
    throw error;
  } finally {
    if (aside !== undefined) fs.rmSync(aside, { recursive: true, force: true });
    unlock();
  }
}

/** Removes an installed backend; false if there was none. Runs that use it go on (on Windows: it is refused). */
export function removeBackend(backend: InstallableBackend): boolean {
  if (!fs.existsSync(backendFolder(backend))) return false;
  const unlock = lockBackend(backend);
  try {
    moveAway(backend);
    removeLeftovers(backend);
    return true;
  } finally {
    unlock();
  }
}

function moveIntoPlace(backend: InstallableBackend, folder: string): void {
  // What is there cannot be used as it is: made for another platform, or damaged.
  if (fs.existsSync(backendFolder(backend))) moveAway(backend);
  fs.renameSync(folder, backendFolder(backend));
}

/** One rename, so that a backend is never half removed. */
function moveAway(backend: InstallableBackend): void {
  const aside = fs.mkdtempSync(path.join(backendsFolder(), asidePrefix(backend)));
  fs.renameSync(backendFolder(backend), path.join(aside, 'removed'));
}

/** Removes what killed processes left aside; to be called under the backend's lock, when all of it is theirs. */
function removeLeftovers(backend: InstallableBackend): void {
  for (const name of fs.readdirSync(backendsFolder())) {
    if (!name.startsWith(asidePrefix(backend))) continue;
    fs.rmSync(path.join(backendsFolder(), name), { recursive: true, force: true });
  }
}

function asidePrefix(backend: InstallableBackend): string {
  return `.${backend}-aside-`;
}
