import { Worker } from 'node:worker_threads';
import { distFile } from '../common/files';
import type { RunFolder } from '../runs/folder';

export interface HeartbeatHandle {
  setStep(step: number): void;
  stop(): Promise<void>;
}

/** Starts the thread that writes the run's heartbeat, since TensorFlow blocks the main one for whole steps. */
export function startHeartbeat(run: RunFolder): HeartbeatHandle {
  const shared = new BigInt64Array(new SharedArrayBuffer(8));
  const thread = new Worker(distFile('heartbeat.js'), {
    workerData: { folder: run.folder, step: shared },
  });
  thread.unref();
  return {
    setStep: (step) => void Atomics.store(shared, 0, BigInt(step)),
    stop: async () => void (await thread.terminate()),
  };
}
