import type { MessagePort } from 'node:worker_threads';
import type { Recipe } from '../recipe/schema';
import type { Batch } from './batch';
import type { BatchPlan, DataInfo } from './batch-maker';

/** What the loader's thread is started with. */
export interface LoaderStart {
  readonly data: Recipe['data'];
  readonly base: string;
  readonly home: string;
  readonly port: MessagePort;
}

/** To the thread: make this batch. It works them off in the order they come. */
export interface BatchRequest {
  readonly id: number;
  readonly plan: BatchPlan;
  readonly epoch: number;
  readonly index: number;
}

/** An error on its way between threads; `input` says that it was an `InputError`. */
export interface SentError {
  readonly message: string;
  readonly input: boolean;
}

/** From the thread. */
export type LoaderMessage =
  | { readonly type: 'progress'; readonly message: string }
  | { readonly type: 'opened'; readonly info: DataInfo }
  | { readonly type: 'not opened'; readonly error: SentError }
  | { readonly type: 'batch'; readonly id: number; readonly batch: Batch }
  | { readonly type: 'no batch'; readonly id: number; readonly error: SentError };
