import { spawn } from 'node:child_process';
import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type RequestType,
  ResponseError,
} from 'vscode-jsonrpc/node';
import { InputError, messageOf } from '../common/errors';
import { distFile } from '../common/files';
import { INPUT_ERROR, StageNotification } from '../protocol/inspector';
import { findNode } from './node';

export interface InspectOptions {
  /** Seconds that one piece of user code (building a model) may take; default 30. */
  readonly timeLimit?: number;
  readonly onStage?: (stage: string) => void;
  readonly signal?: AbortSignal;
  /** The Node to run on; default: see `findNode`. */
  readonly node?: string;
}

/**
 * Asks the inspector one question in a process of its own, which ends with the answer.
 * Throws `InputError` for what the user can mend, also when user code runs longer than the limit.
 */
export async function inspect<Question, Answer>(
  type: RequestType<Question, Answer, void>,
  question: Question,
  options: InspectOptions = {},
): Promise<Answer> {
  const timeLimit = options.timeLimit ?? 30;
  const node = await findNode(options.node);
  const child = spawn(node.command, ['--enable-source-maps', distFile('inspector.js')], {
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
    const end = (error: Error): void => {
      child.kill('SIGKILL');
      reject(error);
    };
    connection.onNotification(StageNotification, ({ stage, runsUserCode }) => {
      options.onStage?.(stage);
      clearTimeout(timer);
      if (!runsUserCode) return;
      timer = setTimeout(() => {
        end(
          new InputError(
            `${stage} did not finish within ${timeLimit} s; look for a loop without end, or raise the limit with --time-limit`,
          ),
        );
      }, timeLimit * 1000);
    });
    child.once('error', end);
    child.once('exit', (code, signal) => {
      end(new Error(`The inspector ended early (${signal ?? `exit code ${code}`})\n${complaints.trim()}`));
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
