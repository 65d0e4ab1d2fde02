import { Worker } from 'node:worker_threads';
import { distFile } from '../common/files';
import { OUT_OF_MEMORY } from '../protocol/inspector';

/** Watches the memory of this process from a thread of its own; tell it when user code runs. `limit` is in bytes. */
export function startMemoryGuard(limit: number): (runsUserCode: boolean) => void {
  const shared = new Int32Array(new SharedArrayBuffer(4));
  const thread = new Worker(distFile('memory-guard.js'), {
    workerData: { limit, lastWords: OUT_OF_MEMORY, runsUserCode: shared },
  });
  thread.unref();
  return (runsUserCode) => void Atomics.store(shared, 0, runsUserCode ? 1 : 0);
}
