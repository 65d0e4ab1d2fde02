import type { RunFolder } from '../runs/folder';
import { findNode } from './node';
import { releaseForWorker, type StartOptions, workerArguments, workerFolder } from './worker';

/** How a run's worker is started under a debugger: the parts of a launch configuration of VS Code's `node` type. */
export interface DebugLaunch {
  /** The Node that it runs on. */
  readonly runtimeExecutable: string;
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** What is added to the environment. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Makes a run, new or to be resumed, ready for a worker under a debugger, which takes the run when it is started. It
 * ends with the debugger, if not before: the run is interrupted then. Throws `InputError` where another process holds
 * the run or no fitting Node is found.
 */
export async function prepareDebug(run: RunFolder, options: StartOptions = {}): Promise<DebugLaunch> {
  const node = await findNode(options.node);
  await releaseForWorker(run, options);
  const [program, ...args] = workerArguments(run, options);
  return {
    runtimeExecutable: node.command,
    program: program!,
    args,
    cwd: workerFolder(run),
    env: node.environment,
  };
}
