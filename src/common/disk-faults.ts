import * as path from 'node:path';
import { errorCode, InputError } from './errors';

/** What the system has against reading or writing files, and what to do, by its error codes. */
const faults: Readonly<Record<string, string>> = {
  EROFS: 'it is read-only; make it writable, or work on a copy of the project that is',
  EACCES: 'permission is denied; change the permissions, or work on a copy of the project that is yours',
  EPERM: 'permission is denied; change the permissions, or work on a copy of the project that is yours',
  ENOSPC: 'no space is left; free some and try again',
  EDQUOT: 'your quota is used up; free some space and try again',
};

/** Why a file could not be read or written, and what to do; undefined where that is not up to the user. */
export function diskFault(error: unknown): string | undefined {
  return faults[errorCode(error) ?? ''];
}

/** A fault of the disk as an `InputError` that names the folder; anything else as it is. */
export function asInputError(error: unknown): unknown {
  const fault = diskFault(error);
  if (fault === undefined || error instanceof InputError) return error;
  const { path: file } = error as NodeJS.ErrnoException;
  // Writing to an open file fails without its name.
  const cannot = file === undefined ? 'Retort cannot go on' : `Retort cannot work in ${path.dirname(file)}`;
  return new InputError(`${cannot}: ${fault}`, { cause: error });
}
