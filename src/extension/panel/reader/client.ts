import { Worker } from 'node:worker_threads';
import { distFile } from '../../../common/files';
import { InputError } from '../../../common/errors';
import type { Answer, Arguments, Method, Question, Result } from './messages';

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** Calls the reader in its thread, which starts at the first call and, if it should die, again at the next. */
export class ReaderClient {
  private worker: Worker | undefined;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private disposed = false;

  constructor(private readonly file = distFile('panel-reader.js')) {}

  /** Throws `InputError` for what is wrong with the files. */
  call<Name extends Method>(method: Name, ...args: Arguments<Name>): Promise<Result<Name>> {
    if (this.disposed) return Promise.reject(new Error('The reader is closed'));
    const id = ++this.lastId;
    const answer = new Promise<unknown>((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    this.thread().postMessage({ id, method, args } satisfies Question);
    return answer as Promise<Result<Name>>;
  }

  async dispose(): Promise<void> {
    this.disposed = true;
    await this.worker?.terminate();
  }

  private thread(): Worker {
    if (this.worker !== undefined) return this.worker;
    const worker = new Worker(this.file);
    worker.unref();
    worker.on('message', (answer: Answer) => this.settle(answer));
    worker.on('error', (error) => this.fail(worker, error));
    worker.on('exit', () => this.fail(worker, new Error('The thread that reads metrics has ended')));
    return (this.worker = worker);
  }

  private settle(answer: Answer): void {
    const waiting = this.waiting.get(answer.id);
    this.waiting.delete(answer.id);
    if ('value' in answer) waiting?.resolve(answer.value);
    else {
      const { message, isInput } = answer.error;
      waiting?.reject(isInput ? new InputError(message) : new Error(message));
    }
  }

  private fail(worker: Worker, error: Error): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    for (const { reject } of this.waiting.values()) reject(error);
    this.waiting.clear();
  }
}
