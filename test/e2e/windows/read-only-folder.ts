import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';

export interface ReadOnlyFolder {
  /** Where nothing can be written. */
  readonly folder: string;
  readonly undo: () => void;
}

/**
 * Makes a folder one in which nobody can write: for root, whom permissions do not bind, by a read-only mount of it at
 * `mountPoint`, for others by permissions. `.vscode` can still be written, through the folder itself. A string says why
 * it cannot be done here.
 */
export function makeReadOnly(folder: string, mountPoint: string): ReadOnlyFolder | string {
  if (process.getuid?.() !== 0) return takePermissions(folder);
  fs.mkdirSync(mountPoint);
  const mounted = run('mount', '--bind', folder, mountPoint);
  if (mounted !== undefined) return `root may write everywhere, and a read-only mount failed: ${mounted}`;
  // Lazily: a watcher may still look at it.
  const undo = (): void => void run('umount', '--lazy', mountPoint);
  const locked = run('mount', '-o', 'remount,bind,ro', mountPoint);
  if (locked === undefined) return { folder: mountPoint, undo };
  undo();
  return `root may write everywhere, and a mount could not be made read-only: ${locked}`;
}

function takePermissions(folder: string): ReadOnlyFolder {
  const writable = path.join(folder, '.vscode');
  fs.mkdirSync(writable, { recursive: true });
  const inside = fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .map((entry) => ({ entry, name: path.join(entry.parentPath, entry.name) }))
    .filter(({ name }) => !name.startsWith(writable));
  const folders = [folder, ...inside.filter(({ entry }) => entry.isDirectory()).map(({ name }) => name)];
  for (const { entry, name } of inside) if (entry.isFile()) fs.chmodSync(name, 0o444);
  for (const each of folders) fs.chmodSync(each, 0o555);
  return { folder, undo: () => folders.forEach((each) => fs.chmodSync(each, 0o755)) };
}

/** Undefined where it went well, else what it said. */
function run(command: string, ...args: string[]): string | undefined {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  return status === 0 ? undefined : (error?.message ?? stderr.trim());
}
