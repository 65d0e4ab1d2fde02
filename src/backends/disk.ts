import * as fs from 'node:fs';
import { InputError } from '../common/errors';

/** Throws `InputError` if the disk that holds a folder has less room than these bytes. */
export function requireSpace(folder: string, bytes: number): void {
  const { bavail, bsize } = fs.statfsSync(folder);
  const free = bavail * bsize;
  if (free >= bytes) return;
  const gigabytes = (count: number) => (count / 1e9).toFixed(1);
  throw new InputError(
    `${folder} has ${gigabytes(free)} GB free and the install needs ${gigabytes(bytes)} GB; free some, or set RETORT_HOME to a folder on another disk`,
  );
}
