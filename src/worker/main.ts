import * as path from 'node:path';
import { asInputError } from '../common/disk-faults';
import { InputError, messageOf } from '../common/errors';
import { glibcVersion } from '../common/libc';
import { openRun } from '../runs/folder';
import { acquireRunLock } from '../runs/run-lock';
import { RunWriter } from '../runs/writer';
import { DivergedError } from '../engine/train/diverged-error';
import { startHeartbeat } from './heartbeat';
import { executeInTurn } from './in-turn';
import { PlaceError } from './place-error';

/** The process of one run: `node worker.js RUN_FOLDER`. Takes the run, executes its recipe, writes how it ended. */
async function main(folder: string): Promise<number> {
  const retort = path.dirname(path.dirname(path.resolve(folder)));
  const run = await openRun(retort, path.basename(folder));
  const lock = await acquireRunLock(run);
  const writer = await RunWriter.open(lock, {
    state: 'starting',
    startedAt: new Date().toISOString(),
    endedAt: undefined,
    reason: undefined,
    fault: undefined,
    stopAfterEpoch: undefined,
  });
  // Backends ask for it, which must not be when there is a thread that a debugger may hold.
  glibcVersion();
  const heartbeat = startHeartbeat(run);
  let stopAsked = false;
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => (stopAsked = true));
  try {
    const state = await executeInTurn({
      run,
      writer,
      onStep: (step) => heartbeat.setStep(step),
      takeRequests: () => {
        const requests = writer.takeRequests();
        return { ...requests, stop: requests.stop || stopAsked };
      },
    });
    writer.update({ state, endedAt: new Date().toISOString() });
    writer.log(state === 'done' ? 'Done.' : 'Stopped as asked; it can be resumed.');
    return 0;
  } catch (thrown) {
    writer.log(thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
    const error = asInputError(thrown);
    writer.update({
      state: 'failed',
      endedAt: new Date().toISOString(),
      reason: error instanceof PlaceError ? error.describe() : messageOf(error),
      fault: faultOf(error),
    });
    return 1;
  } finally {
    await heartbeat.stop();
    writer.close();
    lock.release();
  }
}

/** Whose fault a failure is: what the user gave, the training itself, or ours. */
function faultOf(error: unknown): 'input' | 'training' | 'internal' {
  if (error instanceof InputError) return 'input';
  return error instanceof DivergedError ? 'training' : 'internal';
}

main(process.argv[2] ?? '').then(
  // The loader's thread and TensorFlow's would keep the process alive.
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(messageOf(error));
    process.exit(error instanceof InputError ? 2 : 1);
  },
);
