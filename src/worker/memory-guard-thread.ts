import * as fs from 'node:fs';
import { workerData } from 'node:worker_threads';

/** Ends the process once its memory is above the limit while it runs a user's code: that code may never come to an end. */

const INTERVAL_MS = 50;
const STDERR = 2;

const { limit, lastWords, runsUserCode } = workerData as {
  /** Bytes of resident memory. */
  readonly limit: number;
  readonly lastWords: string;
  /** Shared with the main thread, which is not 0 while user code runs. */
  readonly runsUserCode: Int32Array;
};

setInterval(() => {
  if (Atomics.load(runsUserCode, 0) === 0 || process.memoryUsage.rss() <= limit) return;
  // At once: a thread's streams go through the main thread, which may be blocked for good.
  fs.writeSync(STDERR, `${lastWords}\n`);
  process.kill(process.pid, 'SIGKILL');
}, INTERVAL_MS);
