import * as fs from 'node:fs';
import { InputError, errorCode, messageOf } from '../common/errors';

/** A whole file of the user's; `InputError` naming it when it is missing or cannot be read. */
export function readDataFile(file: string): Uint8Array {
  try {
    return fs.readFileSync(file);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw new InputError(`${file}: no such file`);
    throw new InputError(`${file}: cannot be read (${messageOf(error)})`);
  }
}
