import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';
import { distFile } from '../../src/common/files';
import { loadCatalogue } from '../../src/recipe/load-catalogue';
import { groupKey } from '../../src/recipe/names';
import { parseRecipe } from '../../src/recipe/parse';
import { resolveRecipe } from '../../src/recipe/resolve';
import type { Recipe } from '../../src/recipe/schema';
import { createRun, listRuns, type ReadableRun, readInfo } from '../../src/runs/folder';

/** The bench's own workspace; its runs stay, so that an interrupted bench goes on where it was. */
export const workspace = path.join(__dirname, 'work');
export const retort = path.join(workspace, '.retort');

/** A recipe as it would come from a file in the bench's workspace. */
export function recipeOf(value: object): Recipe {
  mkdirSync(workspace, { recursive: true });
  const file = path.join(workspace, 'bench.distill.json');
  const parsed = parseRecipe(JSON.stringify(value), { file, catalogue: loadCatalogue() });
  return resolveRecipe(parsed, { workspace });
}

/** The finished run of a recipe, seed included, if there is one. */
export async function finishedRun(recipe: Recipe): Promise<ReadableRun | undefined> {
  const key = groupKey(recipe);
  for (const listed of await listRuns(retort)) {
    if ('unreadable' in listed || listed.info.state !== 'done') continue;
    if (listed.recipe.train.seed === recipe.train.seed && groupKey(listed.recipe) === key) return listed;
  }
  return undefined;
}

/** Trains a recipe in a worker of its own on one thread, unless it has been trained; gives the finished run. */
export async function train(recipe: Recipe): Promise<ReadableRun> {
  const existing = await finishedRun(recipe);
  if (existing) return existing;
  const run = await createRun(retort, recipe, { requestedBackend: 'cpu' });
  const worker = spawn(process.execPath, [distFile('worker.js'), run.folder], {
    stdio: 'ignore',
    env: { ...process.env, TF_NUM_INTRAOP_THREADS: '1', OMP_NUM_THREADS: '1' },
  });
  await once(worker, 'exit');
  const info = await readInfo(run);
  if (info.state !== 'done') throw new Error(`Run ${run.id} is ${info.state}: ${info.reason}`);
  return { run, info, recipe };
}

/** Works through jobs, so many at a time. */
export async function inLanes<T>(lanes: number, jobs: readonly (() => Promise<T>)[]): Promise<T[]> {
  const results: T[] = [];
  const waiting = [...jobs.entries()];
  const lane = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [index, job] = next;
      results[index] = await job();
      console.log(`${new Date().toISOString().slice(11, 19)} ${jobs.length - waiting.length}/${jobs.length}`);
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}

export function writeResult(name: string, text: string): void {
  const folder = path.join(__dirname, '..', 'results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, name), text);
}
