import { folderNames } from './folder-names';
import type { ReadableSeenRun, SeenRun } from './seen-run';

/** What the folders of runs are called where there are runs of several; of one alone it goes without saying. */
export function folderNamesOf(runs: readonly SeenRun[]): (run: SeenRun) => string | undefined {
  const names = folderNames(runs.map(({ run }) => run.retortFolder));
  return ({ run }) => (names.size > 1 ? names.get(run.retortFolder) : undefined);
}

/** What the experiments of runs are called: each folder has its own, and its name may come first: `second / demo`. */
export function experimentNames(runs: readonly SeenRun[]): (run: ReadableSeenRun) => string {
  const folderOf = folderNamesOf(runs);
  return (run) => {
    const { name } = run.seen.recipe;
    const folder = folderOf(run);
    return folder === undefined ? name : `${folder} / ${name}`;
  };
}
