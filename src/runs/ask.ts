import * as path from 'node:path';
import { InputError } from '../common/errors';
import { writeFileAtomic } from '../common/files';
import type { RunFolder } from './folder';
import { ensureFolderInside } from './inside';
import type { RequestName } from './requests';
import { acquireRunLock, isHeld } from './run-lock';
import { stateOf } from './state';
import { RunWriter } from './writer';

/**
 * Asks the run's process to write a checkpoint and end: after the step at work, or after the epoch at work and its
 * evaluation. A queued run is stopped at once, by this process where no other waits for it. Throws `InputError` if
 * there is nothing to stop.
 */
export async function requestStop(run: RunFolder, after: 'step' | 'epoch' = 'step'): Promise<void> {
  const { state } = await stateOf(run);
  if (state === 'queued' && !(await isHeld(run))) return stopBeforeStart(run);
  await request(run, after === 'step' ? 'stop' : 'stop-after-epoch');
}

/** Asks the run's process to keep a checkpoint of now; `InputError` if it is not running. */
export function requestCheckpoint(run: RunFolder): Promise<void> {
  return request(run, 'checkpoint');
}

async function request(run: RunFolder, name: RequestName): Promise<void> {
  const { state } = await stateOf(run);
  if (['done', 'failed', 'stopped', 'interrupted'].includes(state)) {
    throw new InputError(`Run ${run.id} is not running: it is ${state}`);
  }
  writeFileAtomic(path.join(await ensureFolderInside(run.folder, 'requests'), name), '');
}

async function stopBeforeStart(run: RunFolder): Promise<void> {
  const lock = await acquireRunLock(run);
  try {
    const ended = { state: 'stopped', endedAt: new Date().toISOString(), queuedAt: undefined } as const;
    const writer = await RunWriter.open(lock, ended);
    writer.close();
  } finally {
    lock.release();
  }
}
