import * as fs from 'node:fs/promises';
import { InputError } from '../common/errors';
import type { Recipe } from '../recipe/schema';
import { createRun, type RunFolder } from '../runs/folder';
import { hasTrained } from '../runs/metrics';
import { deleteRun } from '../runs/trash';
import { startWorker, type StartOptions } from './worker';

/** Makes a run of a resolved recipe and starts its process, which goes on by itself. */
export async function beginRun(
  retortFolder: string,
  recipe: Recipe,
  { backend, ...options }: StartOptions & { readonly backend: string },
): Promise<RunFolder> {
  const run = await createRun(retortFolder, recipe, { requestedBackend: backend });
  await discardIfRefused(run, () => startWorker(run, options));
  return run;
}

/** Does the work on a new run; if the user's input fails before the run has trained, nothing of it is left behind. */
export async function discardIfRefused<T>(run: RunFolder, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof InputError && !(await hasTrained(run))) {
      // Refused where a process still has the run: then it stays.
      const trashed = await deleteRun(run).catch(() => undefined);
      if (trashed !== undefined) await fs.rm(trashed, { recursive: true, force: true });
    }
    throw error;
  }
}
