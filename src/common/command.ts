import { type ChildProcess, spawn } from 'node:child_process';

export interface CommandOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds until the command is killed. */
  readonly timeout?: number;
  /** Run through the system's shell, which Windows needs for `.cmd` files. */
  readonly shell?: boolean;
}

export interface Finished {
  /** The exit code; null if a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end and collects what it prints. Rejects only if it cannot be started or is aborted. */
export function runCommand(
  command: string,
  args: readonly string[],
  { timeout, signal, ...spawning }: CommandOptions = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = spawn(command, args, {
      ...spawning,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      // A group of its own, to be ended as a whole.
      detached: process.platform !== 'win32',
    });
    const timer = timeout === undefined ? undefined : setTimeout(() => killTree(child), timeout);
    const onAbort = (): void => {
      killTree(child);
      settle();
      reject(signal!.reason as Error);
    };
    const settle = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    };
    signal?.addEventListener('abort', onAbort);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('close', (code, endedBy) => {
      settle();
      resolve({ code, signal: endedBy, stdout, stderr });
    });
  });
}

/** Ends a program and what it has started: it may be a script in front of the real one, as pyenv's are. */
function killTree({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore', windowsHide: true });
    return;
  }
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** Whether a program is there and ends well when run so. */
export async function succeeds(command: string, args: readonly string[]): Promise<boolean> {
  try {
    return (await runCommand(command, args, { timeout: 20_000 })).code === 0;
  } catch {
    return false;
  }
}
