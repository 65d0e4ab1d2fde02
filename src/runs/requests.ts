import * as fs from 'node:fs';
import * as path from 'node:path';
import type { RunFolder } from './folder';
import { ensureFolderInside } from './inside';

/** What a worker is asked to do, by files that it looks for between steps. */
export interface Requests {
  /** End after the step at work, with a checkpoint. */
  readonly stop: boolean;
  /** End after the epoch at work and its evaluation, with a checkpoint; at once while none is at work. */
  readonly stopAfterEpoch: boolean;
  /** Keep a checkpoint of this moment. */
  readonly checkpoint: boolean;
}

/** The files in `requests/`. */
export type RequestName = 'stop' | 'stop-after-epoch' | 'checkpoint';

/** Forgets what was asked of an earlier attempt; before a run is started or resumed. */
export async function clearRequests(run: RunFolder): Promise<void> {
  await ensureFolderInside(run.folder, 'requests');
  takeRequests(run);
}

/** For the worker: takes the requests away. The folder `requests` has been checked to be one. */
export function takeRequests(run: RunFolder): Requests {
  const take = (name: RequestName): boolean => {
    const file = path.join(run.folder, 'requests', name);
    if (!fs.existsSync(file)) return false;
    fs.rmSync(file, { force: true });
    return true;
  };
  return {
    stop: take('stop'),
    stopAfterEpoch: take('stop-after-epoch'),
    checkpoint: take('checkpoint'),
  };
}
