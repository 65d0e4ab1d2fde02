import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import { InputError } from '../common/errors';
import type { RunFolder } from '../runs/folder';
import { readMetrics } from '../runs/metrics';
import type { ObservedRun } from '../runs/state';
import { deleteRun } from '../runs/trash';
import type { RunState } from '../runs/types';
import { Ended } from './ended';
import { ExitCode } from './exit-codes';

/** What to do with a run that has ended before its end. */
export function adviceFor(run: RunFolder, state: RunState): string | undefined {
  const log = path.join(run.folder, 'log.txt');
  if (state === 'stopped') return `go on with: retort resume ${run.id}`;
  if (state === 'interrupted') {
    return `go on from the last checkpoint with: retort resume ${run.id} (log: ${log})`;
  }
  if (state === 'failed') return `look at it with: retort show ${run.id} (log: ${log})`;
  return undefined;
}

/**
 * Throws what the end of a run means, unless it is done: `Ended`, or `InputError` where the user's input was wrong.
 * A run that failed on that before it had trained leaves nothing behind.
 */
export async function throwUnlessDone(run: RunFolder, { state, info }: ObservedRun): Promise<void> {
  if (state === 'done') return;
  const reason = info.reason ?? 'no reason was written';
  if (state === 'failed' && info.fault === 'input') {
    if (await hasTrained(run)) throw new InputError(`${reason}\n${adviceFor(run, state)}`);
    await discardRun(run);
    throw new InputError(reason);
  }
  const what = state === 'failed' ? `failed: ${reason}` : endings[state];
  const exitCode = state === 'stopped' ? ExitCode.stopped : ExitCode.failed;
  throw new Ended(`run ${run.id} ${what}\n${adviceFor(run, state) ?? ''}`.trim(), exitCode, run.id);
}

/** Removes a run that has come to nothing. */
export async function discardRun(run: RunFolder): Promise<void> {
  await fs.rm(await deleteRun(run), { recursive: true, force: true });
}

const endings: Partial<Record<RunState, string>> = {
  stopped: 'was stopped after a checkpoint',
  interrupted: 'was interrupted: its process is gone',
  queued: 'did not start: its process is gone',
};

async function hasTrained(run: RunFolder): Promise<boolean> {
  return (await readMetrics(run)).lines.some((line) => line.kind === 'train');
}
