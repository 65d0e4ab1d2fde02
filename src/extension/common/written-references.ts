import * as path from 'node:path';
import { formatReference, parseReference } from '../../recipe/reference';
import { workspacePath } from '../../recipe/workspace';

/**
 * A model as a resolved recipe names it, with paths from the workspace, from what a recipe in `folder` says.
 * Undefined for what names no model; whether it exists is not looked at.
 */
export function resolveWritten(written: string, folder: string, workspace: string): string | undefined {
  return mapFile(written, (file) => workspacePath(workspace, path.resolve(folder, file)));
}

/** The reverse: a model of the workspace as a recipe in `folder` names it. */
export function writeReference(resolved: string, folder: string, workspace: string): string {
  return mapFile(resolved, (file) => relativePath(folder, path.resolve(workspace, file))) ?? resolved;
}

/** A path as recipes in `folder` write it: relative, with `/`, where both are on one disk. */
export function relativePath(folder: string, file: string): string {
  return path.relative(folder, file).split(path.sep).join('/') || '.';
}

function mapFile(text: string, map: (file: string) => string): string | undefined {
  try {
    const reference = parseReference(text);
    return formatReference('file' in reference ? { ...reference, file: map(reference.file) } : reference);
  } catch {
    return undefined;
  }
}
