import * as fs from 'node:fs';
import * as path from 'node:path';
import { InputError, errorCode, messageOf } from '../common/errors';
import { didYouMean } from '../common/suggest';

const IMAGE = /\.(png|jpe?g|webp)$/i;

/** An image file and its class. */
export interface LabelledFile {
  readonly file: string;
  readonly label: number;
}

/** A folder's subfolder of that name, if there is one. */
export function subfolder(folder: string, name: string): string | undefined {
  const candidate = path.join(folder, name);
  return fs.statSync(candidate, { throwIfNoEntry: false })?.isDirectory() ? candidate : undefined;
}

/** The names of the class folders, sorted; `InputError` where there are fewer than two. */
export function listClasses(folder: string): string[] {
  const names = list(folder).filter((name) => subfolder(folder, name) !== undefined);
  if (names.length < 2) {
    throw new InputError(
      `${folder}: ${names.length} class folder${names.length === 1 ? '' : 's'}; at least two are needed`,
    );
  }
  return names;
}

/**
 * The images of a split, class by class, each in the order of their names, with those in deeper folders.
 * Throws `InputError` for a folder that is none of the classes and for a class folder without images.
 */
export function listImages(folder: string, classNames: readonly string[]): LabelledFile[] {
  return listClasses(folder).flatMap((name) => {
    const label = classNames.indexOf(name);
    const classFolder = path.join(folder, name);
    if (label < 0) {
      throw new InputError(
        `${classFolder}: no training images of a class "${name}"${didYouMean(name, classNames)}`,
      );
    }
    const files = (fs.readdirSync(classFolder, { recursive: true }) as string[])
      .filter((file) => IMAGE.test(file) && !path.basename(file).startsWith('.'))
      .sort(byCodeUnits);
    if (files.length === 0)
      throw new InputError(`${classFolder}: no PNG, JPEG or WebP images in this class folder`);
    return files.map((file) => ({ file: path.join(classFolder, file), label }));
  });
}

function list(folder: string): string[] {
  try {
    return fs
      .readdirSync(folder)
      .filter((name) => !name.startsWith('.'))
      .sort(byCodeUnits);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') throw new InputError(`${folder}: no such folder`);
    throw new InputError(`${folder}: cannot be listed (${messageOf(error)})`);
  }
}

/** The same on every machine, whatever its language. */
function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
