import * as fs from 'node:fs';
import * as path from 'node:path';
import { isReadable, type ReadableSeenRun, type SeenRun } from '../../src/extension/common/seen-run';
import { RunLooker } from '../../src/extension/common/run-looker';
import type { Recipe } from '../../src/recipe/schema';
import { createRun, readInfo, type RunFolder } from '../../src/runs/folder';
import { writeNotes } from '../../src/runs/notes';
import type { Notes, RunInfo } from '../../src/runs/types';
import { sampleRecipe } from './runs-helpers';

export interface MadeRun {
  readonly name?: string;
  readonly hooks?: Recipe['hooks'];
  readonly seed?: number;
  readonly info?: Partial<RunInfo>;
  readonly notes?: Notes;
}

export const KD: Recipe['hooks'] = [{ method: 'kd', weight: 0.9, options: {} }];

/** Makes a run's folder with what its files say. */
export async function makeRun(retortFolder: string, made: MadeRun = {}): Promise<RunFolder> {
  const { name = 'small', hooks = [], seed = 0, info, notes } = made;
  const base = sampleRecipe({ name, hooks });
  const run = await createRun(retortFolder, { ...base, train: { ...base.train, seed } });
  if (info !== undefined) await writeInfo(run, info);
  if (notes !== undefined) writeNotes(run, notes);
  return run;
}

export async function writeInfo(run: RunFolder, change: Partial<RunInfo>): Promise<void> {
  const info = { ...(await readInfo(run)), ...change };
  const file = path.join(run.folder, 'run.json');
  fs.writeFileSync(`${file}.new`, JSON.stringify(info));
  fs.renameSync(`${file}.new`, file);
}

/** What is known of a run that is done, with its accuracy on both splits. */
export function done(accuracy: number, endedAt = '2026-11-22T10:00:00.000Z'): Partial<RunInfo> {
  const score = { accuracy, loss: 1, samples: 100 };
  const best = { step: 10, epoch: 1, validation: score };
  return { state: 'done', attempt: 1, endedAt, best, last: best, test: score };
}

/** All runs of a folder, as one look sees them. */
export async function lookAt(...retortFolders: string[]): Promise<SeenRun[]> {
  const looker = new RunLooker();
  await looker.look(retortFolders, true);
  return looker.all();
}

export function readableOf(runs: readonly SeenRun[]): ReadableSeenRun[] {
  return runs.filter(isReadable);
}
