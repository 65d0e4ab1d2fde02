import * as path from 'node:path';

/** The folder that a `.retort` folder lies in: model code must lie in it, and a recipe's paths start there. */
export function workspaceOf(retortFolder: string): string {
  return path.dirname(retortFolder);
}
