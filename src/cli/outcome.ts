import * as path from 'node:path';
import { InputError } from '../common/errors';
import type { RunFolder } from '../runs/folder';
import { hasTrained } from '../runs/metrics';
import type { ObservedRun } from '../runs/state';
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

/** Throws what the end of a run means, unless it is done: `Ended`, or `InputError` where the input was wrong. */
export async function throwUnlessDone(run: RunFolder, { state, info }: ObservedRun): Promise<void> {
  if (state === 'done') return;
  const reason = info.reason ?? 'no reason was written';
  const advice = adviceFor(run, state);
  if (state === 'failed' && info.fault === 'input') {
    throw new InputError((await hasTrained(run)) ? `${reason}\n${advice}` : reason);
  }
  const what = state === 'failed' ? `failed: ${reason}` : endings[state];
  const exitCode = state === 'stopped' ? ExitCode.stopped : ExitCode.failed;
  throw new Ended(`run ${run.id} ${what}${advice === undefined ? '' : `\n${advice}`}`, exitCode, run.id);
}

const endings: Partial<Record<RunState, string>> = {
  stopped: 'was stopped after a checkpoint',
  interrupted: 'was interrupted: its process is gone',
  queued: 'did not start: its process is gone',
};
