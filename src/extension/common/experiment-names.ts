import { folderNames } from './folder-names';
import type { ReadableSeenRun, SeenRun } from './seen-run';

/**
 * What the experiments of runs are called: as their recipes say, behind the folder's name where there are runs of
 * several, `second / demo`. Each folder has experiments of its own.
 */
export function experimentNames(runs: readonly SeenRun[]): (run: ReadableSeenRun) => string {
  const names = folderNames(runs.map(({ run }) => run.retortFolder));
  return ({ run, seen: { recipe } }) =>
    names.size > 1 ? `${names.get(run.retortFolder)} / ${recipe.name}` : recipe.name;
}
