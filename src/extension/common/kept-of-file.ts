import * as path from 'node:path';
import * as vscode from 'vscode';

/**
 * What the window remembers of a file is kept by this: equal paths in two of its folders are two files.
 * @param written as a resolved recipe names it, from the workspace
 */
export function keyOfFile(workspace: string, written: string): string {
  return path.resolve(workspace, written);
}

/**
 * Finds what is kept by a key. Earlier versions kept it by the path alone, which says of a window with one folder, and of
 * no other, which file was meant.
 */
export function findKept<T>(
  get: (key: string) => T | undefined,
  key: string,
  formerKey: string,
): T | undefined {
  const hasOneFolder = vscode.workspace.workspaceFolders?.length === 1;
  return get(key) ?? (hasOneFolder ? get(formerKey) : undefined);
}
