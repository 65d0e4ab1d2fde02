import * as fs from 'node:fs';
import * as path from 'node:path';
import { InputError } from '../common/errors';
import { writeFileAtomic } from '../common/files';
import type { RunFolder } from './folder';
import { ensureFolderInside } from './inside';
import { stateOf } from './state';

/** What a worker is asked to do, by files that it looks for between steps. */
export interface Requests {
  /** End after a checkpoint. */
  readonly stop: boolean;
  /** Keep a checkpoint of this moment. */
  readonly checkpoint: boolean;
}

/** Asks the run's process to write a checkpoint and end; `InputError` if there is nothing to stop. */
export function requestStop(run: RunFolder): Promise<void> {
  return request(run, 'stop');
}

/** Asks the run's process to keep a checkpoint of now; `InputError` if it is not running. */
export function requestCheckpoint(run: RunFolder): Promise<void> {
  return request(run, 'checkpoint');
}

async function request(run: RunFolder, name: keyof Requests): Promise<void> {
  const { state } = await stateOf(run);
  if (['done', 'failed', 'stopped', 'interrupted'].includes(state)) {
    throw new InputError(`Run ${run.id} is not running: it is ${state}`);
  }
  writeFileAtomic(path.join(await ensureFolderInside(run.folder, 'requests'), name), '');
}

/** Forgets what was asked of an earlier attempt; before a run is started or resumed. */
export async function clearRequests(run: RunFolder): Promise<void> {
  await ensureFolderInside(run.folder, 'requests');
  takeRequests(run);
}

/** For the worker: takes the requests away. The folder `requests` has been checked to be one. */
export function takeRequests(run: RunFolder): Requests {
  const take = (name: keyof Requests): boolean => {
    const file = path.join(run.folder, 'requests', name);
    if (!fs.existsSync(file)) return false;
    fs.rmSync(file, { force: true });
    return true;
  };
  return { stop: take('stop'), checkpoint: take('checkpoint') };
}
