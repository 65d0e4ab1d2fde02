import { constants } from 'node:fs';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import type { Static, TSchema } from '@sinclair/typebox';
import { type TypeCheck, TypeCompiler } from '@sinclair/typebox/compiler';
import { errorCode, InputError, messageOf } from '../common/errors';
import { makeFolder } from '../common/files';

/**
 * Reading in a folder that may come from a stranger: no link is followed, sizes are bounded, schemas are checked.
 * `folder` is always a real path, as `RunFolder.folder` is.
 */

/** Absent on Windows, where the check before opening has to do. */
export const NOFOLLOW = constants.O_NOFOLLOW ?? 0;

/** The path of what must lie in the folder, or undefined if nothing is there; `InputError` for links and `..`. */
export async function findInside(folder: string, ...names: string[]): Promise<string | undefined> {
  let reached = folder;
  for (const name of names) {
    if (name === '' || name === '.' || name === '..' || /[/\\]/.test(name)) {
      throw new InputError(
        `"${name}" is not a name within ${reached}; paths in a run folder do not leave it`,
      );
    }
    reached = path.join(reached, name);
    try {
      if ((await fs.lstat(reached)).isSymbolicLink()) {
        throw new InputError(`${reached} is a link; links in a run folder are not followed, so remove it`);
      }
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }
  return reached;
}

/** A folder in the folder, made if it is missing. */
export async function ensureFolderInside(folder: string, name: string): Promise<string> {
  const inner = path.join(folder, name);
  if ((await findInside(folder, name)) === undefined) await makeFolder(inner);
  if (!(await fs.lstat(inner)).isDirectory()) throw new InputError(`${inner} is not a folder; remove it`);
  return inner;
}

/** Opens a plain file in the folder for reading, or gives undefined if it is missing. */
export async function openInside(folder: string, ...names: string[]): Promise<fs.FileHandle | undefined> {
  const file = await findInside(folder, ...names);
  if (file === undefined) return undefined;
  try {
    // Before opening: to open a named pipe would wait for its other end.
    if (!(await fs.lstat(file)).isFile()) throw new InputError(`${file} is not a plain file; remove it`);
    return await fs.open(file, constants.O_RDONLY | NOFOLLOW);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** The bytes of a file in the folder, or undefined if it is missing; `InputError` if it is larger than `limit`. */
export async function readInside(
  folder: string,
  names: readonly string[],
  limit: number,
): Promise<Buffer | undefined> {
  const handle = await openInside(folder, ...names);
  if (handle === undefined) return undefined;
  try {
    const { size } = await handle.stat();
    if (size > limit) {
      throw new InputError(
        `${path.join(folder, ...names)} has ${size} bytes, more than the ${limit} it may have`,
      );
    }
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** A JSON file in the folder, checked against a schema, or undefined if it is missing. */
export async function readJsonInside<Schema extends TSchema>(
  folder: string,
  names: readonly string[],
  schema: Schema,
  limit = 1 << 20,
): Promise<Static<Schema> | undefined> {
  const bytes = await readInside(folder, names, limit);
  if (bytes === undefined) return undefined;
  const file = path.join(folder, ...names);
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new InputError(`${file} is damaged: ${messageOf(error)}`);
  }
  return checked(schema, value, file);
}

/** The value, if it fits the schema; else `InputError` naming the file and the place in it. */
export function checked<Schema extends TSchema>(
  schema: Schema,
  value: unknown,
  file: string,
): Static<Schema> {
  const validator = validatorOf(schema);
  if (validator.Check(value)) return value;
  const error = validator.Errors(value).First();
  throw new InputError(`${file} is damaged at "${error?.path}": ${error?.message.toLowerCase()}`);
}

/** Compiled once for each schema, in a few milliseconds, as it happens in the editor too. */
export function validatorOf<Schema extends TSchema>(schema: Schema): TypeCheck<Schema> {
  let compiled = validators.get(schema);
  if (compiled === undefined) validators.set(schema, (compiled = TypeCompiler.Compile(schema)));
  return compiled as TypeCheck<Schema>;
}

const validators = new WeakMap<TSchema, TypeCheck<TSchema>>();
