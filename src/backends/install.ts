import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { errorCode, InputError, messageOf } from '../common/errors';
import { failpoint } from '../common/failpoint';
import { backendTitles, type InstallableBackend, installableBackends } from './backend';
import { installTensorflow } from './install-tensorflow';
import { installWebgpu } from './install-webgpu';
import { backendFolder, backendsFolder, installedFolders, readManifest, writeManifest } from './installed';
import { lockBackend, lockFolder } from './lock';
import type { InstallOptions } from './progress';

/**
 * Installs a backend below `RETORT_HOME/backends`, by pinned versions and hashes. All work is done in a folder
 * aside that is renamed into place at the end, so that a backend is there whole or not at all. Does nothing if
 * it is installed.
 * Throws `InputError` where the platform, the compiler, the network, the disk or a hash does not allow it, where
 * another process is installing it, and the signal's reason when aborted.
 */
export async function installBackend(
  backend: InstallableBackend,
  options: InstallOptions = {},
): Promise<void> {
  if (readManifest(backend)) return;
  try {
    await underLock(backend, async () => {
      if (readManifest(backend)) return;
      const aside = makeAside(backend);
      const folder = path.join(aside, 'backend');
      const downloads = path.join(aside, 'downloads');
      fs.mkdirSync(folder);
      fs.mkdirSync(downloads);
      const install = backend === 'webgpu' ? installWebgpu : installTensorflow.bind(undefined, backend);
      writeManifest(folder, backend, await install(folder, downloads, options));
      failpoint('backend-before-rename');
      // What is in its place was made for another platform, or is damaged.
      if (fs.existsSync(backendFolder(backend))) moveAway(backend, backendFolder(backend));
      fs.renameSync(folder, backendFolder(backend));
    });
  } catch (error) {
    options.signal?.throwIfAborted();
    throw inWords(error, backend);
  }
}

/**
 * Removes an installed backend, in all its versions; false if there was none. A process that uses it goes on
 * (on Windows the system refuses instead).
 */
export async function removeBackend(backend: InstallableBackend): Promise<boolean> {
  const folders = installedFolders(backend);
  if (folders.length === 0) return false;
  try {
    await underLock(backend, () => {
      for (const folder of folders) moveAway(backend, folder);
    });
  } catch (error) {
    throw inWords(error, backend);
  }
  return true;
}

/** Works alone on a backend; before and after, clears up what lies aside. */
async function underLock(backend: InstallableBackend, work: () => void | Promise<void>): Promise<void> {
  const taken = lockBackend(backend);
  if ('heldBy' in taken) {
    const { pid, host } = taken.heldBy;
    const place = host === os.hostname() ? '' : ` on ${host}`;
    throw new InputError(
      `Process ${pid}${place} is installing or removing ${backendTitles[backend]}; wait for it, or end it and delete ${lockFolder(backend)}`,
    );
  }
  try {
    removeLeftovers(backend);
    removeLeftoversOfOthers(backend);
    await work();
  } finally {
    removeLeftovers(backend);
    taken.release();
  }
}

/** What a killed process left of a backend that this one is not about. */
function removeLeftoversOfOthers(backend: InstallableBackend): void {
  for (const other of installableBackends.filter((name) => name !== backend)) {
    const taken = lockBackend(other);
    if ('heldBy' in taken) continue;
    removeLeftovers(other);
    taken.release();
  }
}

/** Under the backend's lock, what lies aside can only be a dead process's or our own. */
function removeLeftovers(backend: InstallableBackend): void {
  for (const name of fs.readdirSync(backendsFolder())) {
    if (!name.startsWith(asidePrefix(backend))) continue;
    fs.rmSync(path.join(backendsFolder(), name), { recursive: true, force: true });
  }
}

function makeAside(backend: InstallableBackend): string {
  return fs.mkdtempSync(path.join(backendsFolder(), asidePrefix(backend)));
}

/** One rename, so that a backend is never half removed. */
function moveAway(backend: InstallableBackend, folder: string): void {
  fs.renameSync(folder, path.join(makeAside(backend), 'removed'));
}

function asidePrefix(backend: InstallableBackend): string {
  return `.${backend}-aside-`;
}

/** Faults of the disk, for people. */
function inWords(error: unknown, backend: InstallableBackend): unknown {
  switch (errorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new InputError(
        `No space is left in ${backendsFolder()} for ${backendTitles[backend]}; free some, or set RETORT_HOME to a folder on another disk`,
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
      return new InputError(
        `${backendsFolder()} cannot be changed (${messageOf(error)}); set RETORT_HOME to a folder of yours`,
      );
    default:
      return error;
  }
}
