import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { errorCode } from './errors';

/**
 * Replaces a file atomically: writes aside in the same folder, flushes, renames.
 * A crash leaves either the old content or the new one.
 */
export function writeFileAtomic(file: string, content: string | Uint8Array): void {
  const aside = path.join(
    path.dirname(file),
    `.${path.basename(file)}.${randomBytes(4).toString('hex')}.tmp`,
  );
  try {
    const descriptor = fs.openSync(aside, 'wx');
    try {
      fs.writeFileSync(descriptor, content);
      fs.fsyncSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
    replaceFile(aside, file);
  } catch (error) {
    fs.rmSync(aside, { force: true });
    throw error;
  }
}

/** Renames over a file. Windows refuses while somebody reads it, which is over in a moment. */
function replaceFile(from: string, to: string): void {
  for (let tries = 1; ; tries++) {
    try {
      fs.renameSync(from, to);
      return;
    } catch (error) {
      const isBusy = ['EPERM', 'EACCES', 'EBUSY'].includes(errorCode(error) ?? '');
      if (process.platform !== 'win32' || !isBusy || tries === 100) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    }
  }
}

/** JSON as people read it, replaced atomically. */
export function writeJsonAtomic(file: string, value: unknown): void {
  writeFileAtomic(file, `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Makes a folder, and those above it, where they are missing; one that is there may turn out to be something else.
 * Node's own `recursive` says ENOENT where the disk is read-only.
 */
export async function makeFolder(folder: string, mode = 0o777): Promise<void> {
  const make = async (): Promise<void> => fs.promises.mkdir(folder, mode);
  try {
    await make();
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return;
    if (errorCode(error) !== 'ENOENT' || path.dirname(folder) === folder) throw error;
    await makeFolder(path.dirname(folder), mode);
    await make().catch((again: unknown) => {
      // Another process was quicker.
      if (errorCode(again) !== 'EEXIST') throw again;
    });
  }
}

/** The folder of the installed package, where `dist/` and `package.json` lie. */
export function packageRoot(): string {
  let folder = __dirname;
  while (!fs.existsSync(path.join(folder, 'package.json'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error(`No package.json above ${__dirname}`);
    folder = parent;
  }
  return folder;
}

/** A built file: `distFile('worker.js')`. Sources run by a test runner use the built ones too. */
export function distFile(name: string): string {
  return path.join(packageRoot(), 'dist', name);
}
