import { randomBytes, randomInt } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { diskFault } from '../common/disk-faults';
import { errorCode, InputError, messageOf } from '../common/errors';
import { failpoint } from '../common/failpoint';
import { makeFolder, writeJsonAtomic } from '../common/files';
import { groupKey, namedRuns } from '../recipe/names';
import { isRunId } from '../recipe/reference';
import { Recipe } from '../recipe/schema';
import { checked, readJsonInside } from './inside';
import { RunInfo } from './types';

/** A run's folder, `.retort/runs/<id>`. What it holds is read and written through the files beside this one. */
export interface RunFolder {
  readonly id: string;
  /** Real path. */
  readonly folder: string;
  /** The `.retort` folder that it lies in. */
  readonly retortFolder: string;
}

export interface ReadableRun {
  readonly run: RunFolder;
  readonly info: RunInfo;
  readonly recipe: Recipe;
}

/** A run in a list: what it is, or why it cannot be read. */
export type ListedRun = ReadableRun | { readonly run: RunFolder; readonly unreadable: string };

/** Date and time (UTC) and four letters or digits: `20261122-101500-k3f9`. */
export function newRunId(now = new Date()): string {
  const [date, time] = now.toISOString().replace(/[-:]/g, '').slice(0, 15).split('T');
  const ending = Array.from({ length: 4 }, () => randomInt(36).toString(36)).join('');
  return `${date}-${time}-${ending}`;
}

/**
 * Makes the folder of a new run, in state `queued`, at once: no half-made run is ever seen.
 * Throws `InputError` where the folder cannot be written.
 */
export async function createRun(
  retortFolder: string,
  recipe: Recipe,
  about: Partial<Pick<RunInfo, 'commit' | 'versions' | 'requestedBackend' | 'warnings'>> = {},
): Promise<RunFolder> {
  const runs = path.join(path.resolve(retortFolder), 'runs');
  const aside = path.join(runs, `.new-${randomBytes(6).toString('hex')}`);
  const origins = await originsOf(retortFolder, recipe);
  try {
    await makeFolder(aside);
    for (;;) {
      const id = newRunId();
      const info: RunInfo = {
        version: 1,
        id,
        state: 'queued',
        attempt: 0,
        createdAt: new Date().toISOString(),
        ...(origins && { origins }),
        ...about,
      };
      writeJsonAtomic(path.join(aside, 'recipe.json'), checked(Recipe, recipe, 'recipe.json'));
      writeJsonAtomic(path.join(aside, 'run.json'), info);
      failpoint('run-before-rename');
      try {
        await fs.rename(aside, path.join(runs, id));
        return await openRun(retortFolder, id);
      } catch (error) {
        // Another run of this very second has the same four letters.
        if (!['EEXIST', 'ENOTEMPTY', 'EPERM'].includes(errorCode(error) ?? '')) throw error;
        if ((await fs.stat(path.join(runs, id)).catch(() => undefined)) === undefined) throw error;
      }
    }
  } catch (error) {
    await fs.rm(aside, { recursive: true, force: true }).catch(() => undefined);
    if (errorCode(error) === undefined) throw error;
    throw new InputError(
      `No run can be made in ${runs}: ${diskFault(error) ?? `${messageOf(error)}; mend that and try again`}`,
    );
  }
}

/** The groups of the runs that a recipe names; one that cannot be read is left out. */
async function originsOf(retortFolder: string, recipe: Recipe): Promise<Record<string, string> | undefined> {
  const origins: Record<string, string> = {};
  for (const id of namedRuns(recipe)) {
    const listed = await listRun(retortFolder, id);
    if ('info' in listed) origins[id] = groupKey(listed.recipe, listed.info.origins);
  }
  return Object.keys(origins).length === 0 ? undefined : origins;
}

/** The run of a folder `.retort/runs/<id>`, whether that is there or not. */
export function runFolderOf(folder: string): RunFolder {
  return { id: path.basename(folder), folder, retortFolder: path.resolve(folder, '../..') };
}

/** Finds a run by its id; `InputError` if there is none or its folder is a link. */
export async function openRun(retortFolder: string, id: string): Promise<RunFolder> {
  if (!isRunId(id))
    throw new InputError(`"${id}" is not the id of a run; write it like 20261122-101500-k3f9`);
  const root = await fs.realpath(retortFolder).catch(() => path.resolve(retortFolder));
  const folder = path.join(root, 'runs', id);
  let real: string;
  try {
    real = await fs.realpath(folder);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    throw new InputError(
      `There is no run ${id} in ${path.join(root, 'runs')}; retort list shows those there are`,
    );
  }
  if (real !== folder)
    throw new InputError(
      `${folder} is a link or lies behind one; run folders are not followed through links`,
    );
  if (!(await fs.stat(real)).isDirectory()) throw new InputError(`${folder} is not a folder; remove it`);
  return { id, folder, retortFolder: root };
}

/** The ids of all runs, oldest first. */
export async function listRunIds(retortFolder: string): Promise<string[]> {
  try {
    const names = await fs.readdir(path.join(retortFolder, 'runs'));
    return names.filter(isRunId).sort();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

/** All runs, oldest first. Damaged ones are listed with the reason; what is no run is left out. */
export async function listRuns(retortFolder: string): Promise<ListedRun[]> {
  const ids = await listRunIds(retortFolder);
  return Promise.all(ids.map((id) => listRun(retortFolder, id)));
}

async function listRun(retortFolder: string, id: string): Promise<ListedRun> {
  try {
    const run = await openRun(retortFolder, id);
    const [info, recipe] = await Promise.all([readInfo(run), readRecipe(run)]);
    return { run, info, recipe };
  } catch (error) {
    const folder = path.join(path.resolve(retortFolder), 'runs', id);
    return { run: { id, folder, retortFolder }, unreadable: messageOf(error) };
  }
}

/** The state of things, as the worker last wrote it; `stateOf` tells whether that still holds. */
export async function readInfo(run: RunFolder): Promise<RunInfo> {
  const info = await readJsonInside(run.folder, ['run.json'], RunInfo);
  if (info === undefined) throw new InputError(`${path.join(run.folder, 'run.json')} is missing`);
  if (info.id !== run.id) {
    throw new InputError(`${path.join(run.folder, 'run.json')} belongs to another run ("${info.id}")`);
  }
  return info;
}

/** The resolved recipe that the run executes. */
export async function readRecipe(run: RunFolder): Promise<Recipe> {
  const recipe = await readJsonInside(run.folder, ['recipe.json'], Recipe, 4 << 20);
  if (recipe === undefined) throw new InputError(`${path.join(run.folder, 'recipe.json')} is missing`);
  return recipe;
}
