import * as path from 'node:path';
import { workerData } from 'node:worker_threads';
import { writeFileAtomic } from '../common/files';
import type { Heartbeat } from '../runs/types';

/** Writes a run's heartbeat every 2 s, from a thread of its own: TensorFlow blocks the main one. */

const BEAT_MS = 2000;

const { folder, step } = workerData as {
  readonly folder: string;
  /** Shared with the main thread, which keeps the last finished step in it. */
  readonly step: BigInt64Array;
};

let counter = 0;

function beat(): void {
  const heartbeat: Heartbeat = { counter: counter++, step: Number(Atomics.load(step, 0)) };
  try {
    writeFileAtomic(path.join(folder, 'heartbeat'), JSON.stringify(heartbeat));
  } catch {
    // A full disk or a network folder that is away: the next beat may succeed, and training goes on meanwhile.
  }
}

beat();
setInterval(beat, BEAT_MS);
