import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { InputError, messageOf } from '../common/errors';
import { distFile } from '../common/files';
import { openForAppending } from '../runs/append-only-file';
import { readInfo, type RunFolder } from '../runs/folder';
import { clearRequests } from '../runs/requests';
import { acquireRunLock } from '../runs/run-lock';
import type { ProcessIdentity } from '../runs/types';
import { RunWriter } from '../runs/writer';
import { findNode } from './node';

export interface StartOptions {
  /** The Node to run on; default: see `findNode`. */
  readonly node?: string;
  /** A person's word that the other host which holds the run no longer works on it. */
  readonly takeOver?: boolean;
  /** The worker's program; default: the built one. */
  readonly program?: string;
}

/** Exit code of a worker that refuses a run for what the user gave. */
const REFUSED = 2;

/**
 * Starts the process of a run, new or to be resumed: detached, so that it outlives this one, and printing to the
 * run's `output.txt`. Returns once it has taken the run. Throws `InputError` where another process holds the run, no
 * fitting Node is found or the worker refuses; a run that could not be started is `failed` then, with the reason.
 */
export async function startWorker(run: RunFolder, options: StartOptions = {}): Promise<void> {
  await releaseForWorker(run, options);
  try {
    const output = await openForAppending(run.folder, 'output.txt');
    try {
      await launch(run, output, options);
    } finally {
      fs.closeSync(output);
    }
  } catch (error) {
    await recordFailure(run, error).catch(() => undefined);
    throw error;
  }
}

/** Sees that no other process holds the run, and forgets what was asked of the last one. */
export async function releaseForWorker(run: RunFolder, { takeOver }: StartOptions): Promise<void> {
  const lock = await acquireRunLock(run, { takeOver: takeOver === true });
  try {
    await clearRequests(run);
  } finally {
    lock.release();
  }
}

/** The worker's program and its arguments, for Node. */
export function workerArguments(run: RunFolder, { program }: StartOptions): string[] {
  return [program ?? distFile('worker.js'), run.folder];
}

/** The working folder of a run's worker. */
export function workerFolder(run: RunFolder): string {
  return path.dirname(run.retortFolder);
}

async function launch(run: RunFolder, output: number, options: StartOptions): Promise<void> {
  const node = await findNode(options.node);
  const { process: before } = await readInfo(run);
  const printedBefore = fs.fstatSync(output).size;
  const child = spawn(node.command, ['--enable-source-maps', ...workerArguments(run, options)], {
    cwd: workerFolder(run),
    env: { ...process.env, ...node.environment },
    detached: true,
    stdio: ['ignore', output, output],
    windowsHide: true,
  });
  child.unref();
  const ended = endOf(child);
  // The worker takes the run as soon as it is up; how long that is depends on the machine alone.
  while (!(await isTaken(run, child, before))) {
    const end = await Promise.race([ended, wait(20)]);
    // It may have taken the run, and ended, since we looked.
    if (end === undefined || (await isTaken(run, child, before))) continue;
    const reason = lastLine(output, printedBefore) ?? end;
    if (child.exitCode === REFUSED) throw new InputError(reason);
    throw new Error(`The worker of run ${run.id} did not start: ${reason}`);
  }
}

/** Whether `run.json` names the started process: not just its pid, which an earlier one may have had. */
async function isTaken(
  run: RunFolder,
  child: ChildProcess,
  before: ProcessIdentity | undefined,
): Promise<boolean> {
  const { process: holder } = await readInfo(run);
  return holder !== undefined && holder.pid === child.pid && !isDeepStrictEqual(holder, before);
}

/** How a process has ended, in words. */
function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(messageOf(error)));
    child.once('exit', (code, signal) => resolve(`it ended with ${signal ?? `exit code ${code}`}`));
  });
}

function lastLine(output: number, start: number): string | undefined {
  const size = fs.fstatSync(output).size;
  const tail = Buffer.alloc(Math.min(size - start, 1 << 14));
  fs.readSync(output, tail, 0, tail.length, size - tail.length);
  return tail.toString('utf8').trim().split(/\r?\n/).at(-1) || undefined;
}

async function recordFailure(run: RunFolder, error: unknown): Promise<void> {
  const lock = await acquireRunLock(run);
  try {
    const fault = error instanceof InputError ? 'input' : 'internal';
    const patch = {
      state: 'failed',
      endedAt: new Date().toISOString(),
      reason: messageOf(error),
      fault,
    } as const;
    (await RunWriter.open(lock, patch)).close();
  } finally {
    lock.release();
  }
}
