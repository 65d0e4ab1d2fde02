import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { distFile } from '../../src/common/files';
import type { RunInfo, RunState } from '../../src/runs/types';

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What `retort list` and `retort show` say of a run. */
export interface ListedRun {
  readonly id: string;
  readonly state: RunState;
  readonly name: string;
  readonly variant: string;
  readonly info: RunInfo;
}

/** The built `retort` in a working folder, as a user starts it, with its streams on pipes. */
export class CliProcess {
  stdout = '';
  stderr = '';
  readonly ended: Promise<Ended>;
  private readonly child: ChildProcess;

  constructor(folder: string, args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    this.child = spawn(process.execPath, [distFile('cli.js'), ...args], {
      cwd: folder,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    this.ended = once(this.child, 'close').then(([code]) => ({
      code: code as number | null,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
  }

  kill(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Waits until what was printed matches; throws if the process ends before that. */
  async printed(stream: 'stdout' | 'stderr', pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this[stream]);
      if (match) return match;
      const more = once(this.child[stream]!, 'data');
      const ended = await Promise.race([more.then(() => undefined), this.ended]);
      if (ended && !pattern.test(this[stream])) {
        throw new Error(`ended with ${ended.code} before ${pattern}:\n${ended.stdout}\n${ended.stderr}`);
      }
    }
  }
}

/** Runs `retort` to its end. */
export function retort(folder: string, ...args: string[]): Promise<Ended> {
  return new CliProcess(folder, args).ended;
}

/** Runs `retort … --json` and gives what it printed, parsed; throws if it did not end with 0. */
export async function retortJson<T>(folder: string, ...args: string[]): Promise<T> {
  const { code, stdout, stderr } = await retort(folder, ...args, '--json');
  if (code !== 0) throw new Error(`retort ${args.join(' ')} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

/** The lines of JSON that `run`, `resume` and `demo` print. */
export function events<T>(stdout: string): T[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as T);
}
