import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Recipe } from '../../src/recipe/schema';
import { listRunIds, openRun, readRecipe, type RunFolder } from '../../src/runs/folder';
import { stateOf } from '../../src/runs/state';

/** The recipe written last in a project. */
export function findRecipe(project: string): string {
  const files = (fs.readdirSync(project, { recursive: true }) as string[])
    .filter((file) => file.endsWith('.distill.json') && !file.startsWith('.retort'))
    .map((file) => path.join(project, file));
  return files.sort((a, b) => fs.statSync(b).birthtimeMs - fs.statSync(a).birthtimeMs)[0]!;
}

/** The run of a project that is at work. */
export async function liveRun(project: string): Promise<RunFolder> {
  const retortFolder = path.join(project, '.retort');
  for (const id of await listRunIds(retortFolder)) {
    const run = await openRun(retortFolder, id);
    if ((await stateOf(run)).state === 'running') return run;
  }
  throw new Error(`No run is at work in ${project}`);
}

/** The first run of a project whose recipe fits. Ids do not tell in which order runs of one second were made. */
export async function findRun(project: string, fits: (recipe: Recipe) => boolean): Promise<RunFolder> {
  const retortFolder = path.join(project, '.retort');
  for (const id of await listRunIds(retortFolder)) {
    const run = await openRun(retortFolder, id);
    if (fits(await readRecipe(run))) return run;
  }
  throw new Error(`No such run in ${project}`);
}
