import { messageOf } from '../common/errors';
import { listRuns, type ReadableRun, type RunFolder } from '../runs/folder';
import { inQueueOrder } from '../runs/queue';
import { processOf } from '../runs/state';
import { isHeld } from '../runs/run-lock';
import { startWorker, type StartOptions } from './worker';

/** A new run without a process is left this long to whoever made it, to start it. */
const GRACE_MS = 60_000;

export interface Revived {
  readonly started: readonly RunFolder[];
  readonly failed: readonly { readonly run: RunFolder; readonly reason: string }[];
}

/** The runs that are queued with no process waiting for them any more, as after a restart of the machine, the next one first. */
export async function findForsaken(retortFolders: readonly string[]): Promise<RunFolder[]> {
  const forsaken: ReadableRun[] = [];
  for (const retortFolder of new Set(retortFolders)) {
    for (const listed of await listRuns(retortFolder)) {
      if ('info' in listed && (await isForsaken(listed))) forsaken.push(listed);
    }
  }
  return (await inQueueOrder(forsaken)).map(({ run }) => run);
}

/**
 * Starts those runs again, each with the place in the queue that it had. One that another process starts at the same moment is left to that.
 * This runs the workspace's code, so only for a workspace that is trusted.
 */
export async function reviveQueued(
  retortFolders: readonly string[],
  options: Pick<StartOptions, 'node' | 'program'> = {},
): Promise<Revived> {
  const started: RunFolder[] = [];
  const failed: Revived['failed'][number][] = [];
  for (const run of await findForsaken(retortFolders)) {
    try {
      await startWorker(run, options);
      started.push(run);
    } catch (error) {
      if (!(await isHeld(run))) failed.push({ run, reason: messageOf(error) });
    }
  }
  return { started, failed };
}

async function isForsaken({ run, info }: ReadableRun): Promise<boolean> {
  if (info.state !== 'queued' || (await isHeld(run))) return false;
  if (info.process !== undefined) return (await processOf(info)) === 'gone';
  return Math.abs(Date.now() - Date.parse(info.createdAt)) > GRACE_MS;
}
