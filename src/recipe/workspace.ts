import * as fs from 'node:fs';
import * as path from 'node:path';

/**
 * The folder that runs are kept in and model code must lie in: the nearest one with `.retort` at or above `start`,
 * which is a recipe's folder or the working one; else `fallback`.
 */
export function findWorkspace(start: string, fallback: string): string {
  for (let folder = path.resolve(start); ; folder = path.dirname(folder)) {
    if (isFolder(path.join(folder, '.retort'))) return folder;
    if (folder === path.dirname(folder)) return path.resolve(fallback);
  }
}

/** Whether a path lies in a folder or is the folder; links are not looked at. */
export function liesIn(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

/** A path as a resolved recipe holds it: relative to the workspace, with `/`, where it lies inside; else absolute. */
export function workspacePath(workspace: string, file: string): string {
  if (!liesIn(workspace, file)) return file;
  return path.relative(workspace, file).split(path.sep).join('/') || '.';
}

function isFolder(folder: string): boolean {
  return fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
