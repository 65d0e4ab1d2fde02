import * as fs from 'node:fs';
import type { SeenRun } from './seen-run';

/** The runs of a `.retort` folder: of several that are open each has experiments of its own. */
export function runsIn(retortFolder: string, runs: readonly SeenRun[]): SeenRun[] {
  const folder = realPath(retortFolder);
  return runs.filter(({ run }) => run.retortFolder === folder);
}

/** Runs are known by it. */
function realPath(folder: string): string {
  try {
    return fs.realpathSync(folder);
  } catch {
    // Not there yet, and so without runs.
    return folder;
  }
}
