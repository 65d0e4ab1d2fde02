import * as path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { InputError } from '../common/errors';
import type { RunFolder } from './folder';
import { type Lock, lockHolder, takeLock } from './lock';
import { whereIs } from './processes';
import { readHeartbeat } from './state';
import type { ProcessIdentity } from './types';

/** The right to write a run's folder: one process at a time has it. */
export interface RunLock extends Lock {
  readonly run: RunFolder;
}

export interface RunLockOptions {
  /**
   * A person's word that the host which last held the run no longer works on it. Without it a run is taken over
   * only from a dead process of this host.
   */
  readonly takeOver?: boolean;
}

/** Takes a run for this process. Throws `InputError` naming the holder where another one has it. */
export async function acquireRunLock(run: RunFolder, options: RunLockOptions = {}): Promise<RunLock> {
  const evict = async (): Promise<boolean> => options.takeOver === true && !(await heartbeatMoves(run));
  const lock = await takeLock(path.join(run.folder, 'lock'), evict);
  if ('release' in lock) return { ...lock, run };
  const holder = `process ${lock.by.pid} on ${lock.by.host}`;
  if (lock.where === 'alive') {
    throw new InputError(`Run ${run.id} is held by ${holder}; stop it first (retort stop ${run.id})`);
  }
  throw new InputError(
    options.takeOver === true
      ? `Run ${run.id} is still worked on by ${holder}; stop it there first`
      : `Run ${run.id} is held by ${holder}, which cannot be seen from here; if it no longer runs there, add --take-over`,
  );
}

/** Who holds a run, dead or alive; undefined if nobody does. */
export function runHolder(run: RunFolder): Promise<ProcessIdentity | undefined> {
  return lockHolder(path.join(run.folder, 'lock'));
}

/** Whether a run is held by a process that is alive, or that cannot be asked. */
export async function isHeld(run: RunFolder): Promise<boolean> {
  const holder = await runHolder(run);
  return holder !== undefined && (await whereIs(holder)) !== 'gone';
}

/** Watches the heartbeat for two of its beats and a half. */
async function heartbeatMoves(run: RunFolder): Promise<boolean> {
  const before = await readHeartbeat(run);
  for (let waited = 0; waited < 5000; waited += 250) {
    await wait(250);
    if ((await readHeartbeat(run))?.counter !== before?.counter) return true;
  }
  return false;
}
