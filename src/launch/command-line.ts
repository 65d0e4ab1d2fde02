import { spawn } from 'node:child_process';
import { InputError } from '../common/errors';
import { distFile } from '../common/files';
import { findNode } from './node';

export interface CommandLineOptions {
  /** What the command tells of its progress over the channel to its parent. */
  readonly onMessage?: (message: unknown) => void;
  /** Interrupts the command as Ctrl-C does, which leaves nothing half done. */
  readonly signal?: AbortSignal;
  /** The Node to run on; default: see `findNode`. */
  readonly node?: string;
}

/**
 * Runs a `retort` command in a process of its own, for work that would hold up this one; gives its JSON result.
 * Throws `InputError` with the sentence that the command ends with, and the signal's reason when aborted.
 */
export async function runCommandLine<Result>(
  args: readonly string[],
  { onMessage = () => undefined, signal, node: chosen }: CommandLineOptions = {},
): Promise<Result> {
  const node = await findNode(chosen);
  signal?.throwIfAborted();
  const child = spawn(node.command, [distFile('cli.js'), ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: { ...process.env, ...node.environment },
    windowsHide: true,
  });
  const interrupt = (): boolean => child.kill('SIGINT');
  signal?.addEventListener('abort', interrupt);
  let stdout = '';
  let stderr = '';
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.on('message', onMessage);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    signal?.throwIfAborted();
    if (code === 0) return JSON.parse(stdout) as Result;
    throw failure(stderr, code);
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}

function failure(stderr: string, code: number | null): Error {
  const line = stderr.split('\n').find((text) => text.startsWith('{"error":'));
  if (line === undefined) return new Error(`retort ended with exit code ${code}: ${stderr.trim()}`);
  const { message, exitCode } = (JSON.parse(line) as { error: { message: string; exitCode: number } }).error;
  return exitCode === 2 ? new InputError(message) : new Error(message);
}
