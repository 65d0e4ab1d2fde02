import { spawn } from 'node:child_process';
import * as os from 'node:os';
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type RequestType,
  ResponseError,
} from 'vscode-jsonrpc/node';
import { InputError, messageOf } from '../common/errors';
import { distFile } from '../common/files';
import { INPUT_ERROR, OUT_OF_MEMORY, StageNotification } from '../protocol/inspector';
import { findNode } from './node';

export interface InspectOptions {
  /** Seconds that one piece of user code (building a model) may take; default 30. */
  readonly timeLimit?: number;
  /** Bytes of memory that the process may have while it runs user code; default: half of what the machine has. */
  readonly memoryLimit?: number;
  readonly onStage?: (stage: string) => void;
  readonly signal?: AbortSignal;
  /** The Node to run on; default: see `findNode`. */
  readonly node?: string;
}

/** Of the JavaScript heap; what models hold lies outside of it. */
const HEAP_BYTES = 2 ** 31;

/**
 * Asks the inspector one question in a process of its own, which ends with the answer.
 * Throws `InputError` for what the user can mend, also when user code runs longer, or takes more memory, than it may.
 */
export async function inspect<Question, Answer>(
  type: RequestType<Question, Answer, void>,
  question: Question,
  { timeLimit = 30, memoryLimit = halfOfMemory(), ...options }: InspectOptions = {},
): Promise<Answer> {
  const node = await findNode(options.node);
  const heap = Math.min(HEAP_BYTES, memoryLimit);
  const nodeOptions = ['--enable-source-maps', `--max-old-space-size=${Math.ceil(heap / 2 ** 20)}`];
  const child = spawn(node.command, [...nodeOptions, distFile('inspector.js'), String(memoryLimit)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, ...node.environment },
    windowsHide: true,
  });
  let complaints = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4000);
  });
  const connection = createMessageConnection(new IPCMessageReader(child), new IPCMessageWriter(child));
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<never>((_, reject) => {
    let userCode: string | undefined;
    const end = (error: Error): void => {
      child.kill('SIGKILL');
      reject(error);
    };
    connection.onNotification(StageNotification, ({ stage, runsUserCode }) => {
      options.onStage?.(stage);
      clearTimeout(timer);
      userCode = runsUserCode ? stage : undefined;
      if (!runsUserCode) return;
      timer = setTimeout(() => end(new InputError(tooLong(stage, timeLimit))), timeLimit * 1000);
    });
    child.once('error', end);
    child.once('close', (code, signal) => {
      const how = signal ?? `exit code ${code}`;
      end(
        userCode === undefined
          ? new Error(`The inspector ended early (${how})\n${complaints.trim()}`)
          : new InputError(whyEnded(userCode, how, complaints, memoryLimit)),
      );
    });
    options.signal?.addEventListener('abort', () => end(new Error('cancelled')), { once: true });
  });
  connection.listen();
  try {
    return await Promise.race([connection.sendRequest<Answer>(type.method, question), ended]);
  } catch (error) {
    if (error instanceof ResponseError && error.code === INPUT_ERROR) throw new InputError(error.message);
    throw error instanceof Error ? error : new Error(messageOf(error));
  } finally {
    clearTimeout(timer);
    ended.catch(() => undefined);
    connection.dispose();
    child.kill('SIGKILL');
  }
}

function tooLong(stage: string, timeLimit: number): string {
  return `${stage} did not finish within ${timeLimit} s; look for a loop without end, or raise the limit (--time-limit, in the editor the setting retort.inspect.timeLimit)`;
}

/** Why the process has ended while it ran a user's code. */
function whyEnded(stage: string, how: string, complaints: string, memoryLimit: number): string {
  const heapIsFull = /JavaScript heap out of memory|Reached heap limit/.test(complaints);
  if (heapIsFull || complaints.includes(OUT_OF_MEMORY)) {
    const bytes = heapIsFull ? Math.min(HEAP_BYTES, memoryLimit) : memoryLimit;
    return `${stage} took more than ${(bytes / 2 ** 30).toFixed(1)} GiB of memory; look for what it makes without end`;
  }
  const said = complaints
    .trim()
    .split(/\r?\n/)
    .find((line) => /Error\b/.test(line));
  return `${stage} ended its process (${how})${said === undefined ? '' : `: ${said.trim()}`}`;
}

/** Bytes; of the container's memory where this process is in one that is limited. */
function halfOfMemory(): number {
  const constrained = process.constrainedMemory?.() ?? 0;
  const total = os.totalmem();
  return Math.floor((constrained > 0 && constrained < total ? constrained : total) / 2);
}
