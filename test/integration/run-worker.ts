import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import * as path from 'node:path';
import { distFile } from '../../src/common/files';
import { loadCatalogue } from '../../src/recipe/load-catalogue';
import { parseRecipe } from '../../src/recipe/parse';
import { resolveRecipe } from '../../src/recipe/resolve';
import type { Recipe } from '../../src/recipe/schema';
import { createRun, readInfo, type RunFolder } from '../../src/runs/folder';
import type { RunInfo } from '../../src/runs/types';

/** A recipe as it would come from a file in the workspace: checked, defaults filled. */
export function resolve(workspace: string, recipe: object): Recipe {
  const file = path.join(workspace, 'test.distill.json');
  const parsed = parseRecipe(JSON.stringify(recipe), { file, catalogue: loadCatalogue() });
  return resolveRecipe(parsed, { workspace });
}

/** Makes a run of a recipe in a workspace, queued. */
export function queueRun(workspace: string, recipe: object): Promise<RunFolder> {
  return createRun(path.join(workspace, '.retort'), resolve(workspace, recipe));
}

/** Starts the real worker on a run; extra environment goes to it. */
export function startWorkerProcess(run: RunFolder, environment: Record<string, string> = {}): ChildProcess {
  return spawn(process.execPath, [distFile('worker.js'), run.folder], {
    stdio: 'ignore',
    env: { ...process.env, ...environment },
  });
}

/** Runs the real worker to its end, however that comes. */
export async function work(run: RunFolder, environment: Record<string, string> = {}): Promise<RunInfo> {
  const worker = startWorkerProcess(run, environment);
  await once(worker, 'exit');
  return readInfo(run);
}
