import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { InputError } from '../common/errors';
import { distFile } from '../common/files';
import { nativesOfData } from '../recipe/natives';
import type { Recipe } from '../recipe/schema';
import type { Batch, BatchSource } from './batch';
import { batchesPerEpoch, type BatchPlan, type DataInfo, type SplitName } from './batch-maker';
import type { OpenContext } from './dataset';
import type { BatchRequest, LoaderMessage, LoaderStart, SentError } from './loader-messages';
import { loadSharp } from './pixels';

/** Batches made before they are asked for: as many as fit, within a smallest and a largest number. */
const AHEAD = { bytes: 256 * 1024 ** 2, fewest: 2, most: 8 };

export interface BatchSettings {
  readonly split: SplitName;
  readonly batchSize: number;
  /** Of the order and the augmentation; evaluation needs none. */
  readonly seed?: number;
  /** Whether to shuffle, augment and drop the last incomplete batch; default: for the training split alone. */
  readonly training?: boolean;
}

/** A recipe's data, opened in a thread of its own. */
export interface Data {
  readonly info: DataInfo;
  /** A source of batches; any number of them share the thread. Throws `InputError` where there is no full batch to train on. */
  batches(settings: BatchSettings): BatchSource;
  /** Ends the thread; sources give nothing afterwards. */
  close(): Promise<void>;
}

/**
 * Opens a recipe's data in a thread that reads, decodes and augments ahead of training, since TensorFlow blocks
 * the main thread for whole steps. Rejects with `InputError` for whatever is wrong with the data or the settings.
 */
export async function openData(data: Recipe['data'], context: OpenContext): Promise<Data> {
  // Its libraries must be loaded before the thread starts and outlive it.
  if (nativesOfData(data).includes('sharp')) await loadSharp();
  const loader = new Loader(data, context);
  const info = await loader.opened;
  return {
    info,
    batches: (settings) => new LoadedBatches(loader, info, settings),
    close: () => loader.close(),
  };
}

interface Waiting {
  resolve(batch: Batch): void;
  reject(error: Error): void;
}

/** The main thread's end of the loader's thread. */
class Loader {
  readonly opened: Promise<DataInfo>;
  private readonly worker: Worker;
  private readonly port: MessagePort;
  private readonly waiting = new Map<number, Waiting>();
  private readonly onProgress: (message: string) => void;
  private requests = 0;
  private ended: Error | undefined;
  private settleOpening!: { resolve(info: DataInfo): void; reject(error: Error): void };

  constructor(data: Recipe['data'], { base, home, onProgress = () => undefined }: OpenContext) {
    this.onProgress = onProgress;
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    const workerData: LoaderStart = { data, base, home, port: port2 };
    this.worker = new Worker(distFile('loader.js'), { workerData, transferList: [port2] });
    this.opened = new Promise((resolve, reject) => (this.settleOpening = { resolve, reject }));
    this.port.on('message', (message: LoaderMessage) => this.take(message));
    this.worker.once('error', (error) => this.end(error));
    this.worker.once('exit', () => {
      this.drain(); // What it said last may not have come by yet.
      this.end(new Error('The loader of the data has ended'));
    });
  }

  /** Asks for a batch. */
  request(request: Omit<BatchRequest, 'id'>, waiting: Waiting): void {
    if (this.ended) return waiting.reject(this.ended);
    const id = this.requests++;
    this.waiting.set(id, waiting);
    this.port.postMessage({ id, ...request } satisfies BatchRequest);
  }

  /** Takes what the thread has sent, without waiting for the event loop to come by. */
  drain(): void {
    for (
      let received = receiveMessageOnPort(this.port);
      received;
      received = receiveMessageOnPort(this.port)
    ) {
      this.take(received.message as LoaderMessage);
    }
  }

  async close(): Promise<void> {
    this.end(new Error('The data is closed'));
    await this.worker.terminate();
  }

  private take(message: LoaderMessage): void {
    switch (message.type) {
      case 'progress':
        return this.onProgress(message.message);
      case 'opened':
        return this.settleOpening.resolve(message.info);
      case 'not opened':
        this.settleOpening.reject(receivedError(message.error));
        return void this.close();
      case 'batch':
        return this.settle(message.id)?.resolve(message.batch);
      case 'no batch':
        return this.settle(message.id)?.reject(receivedError(message.error));
    }
  }

  private settle(id: number): Waiting | undefined {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    return waiting;
  }

  private end(error: Error): void {
    if (this.ended) return;
    this.ended = error;
    this.settleOpening.reject(error);
    for (const waiting of this.waiting.values()) waiting.reject(error);
    this.waiting.clear();
    this.port.close();
  }
}

/** A batch that was asked for: there, failed, or still to come. */
class Coming implements Waiting {
  private outcome: { batch: Batch } | { error: Error } | undefined;
  private wake: (() => void) | undefined;

  resolve(batch: Batch): void {
    this.outcome = { batch };
    this.wake?.();
  }

  reject(error: Error): void {
    this.outcome = { error };
    this.wake?.();
  }

  get isThere(): boolean {
    return this.outcome !== undefined;
  }

  async batch(): Promise<Batch> {
    if (!this.outcome) await new Promise<void>((resolve) => (this.wake = resolve));
    if ('error' in this.outcome!) throw this.outcome.error;
    return this.outcome!.batch;
  }
}

class LoadedBatches implements BatchSource {
  readonly batchesPerEpoch: number;
  readonly samples: number;
  private readonly plan: BatchPlan;
  private readonly ahead: number;
  /** What has been asked for and not been taken, by place. */
  private coming = new Map<string, Coming>();
  private waitedMs = 0;

  constructor(
    private readonly loader: Loader,
    info: DataInfo,
    { split, batchSize, seed = 0, training = split === 'train' }: BatchSettings,
  ) {
    this.plan = { split, batchSize, seed, training };
    this.samples = info.samples[split];
    this.batchesPerEpoch = batchesPerEpoch(this.plan, this.samples);
    if (training && this.batchesPerEpoch === 0) {
      throw new InputError(
        `data: ${this.samples} training image${this.samples === 1 ? '' : 's'} left after the validation split and the limit, fewer than one batch of ${batchSize}`,
      );
    }
    const bytes = 4 * batchSize * info.imageShape.reduce((product, size) => product * size, 1);
    this.ahead = Math.min(AHEAD.most, Math.max(AHEAD.fewest, Math.floor(AHEAD.bytes / bytes)));
  }

  async next(epoch: number, index: number): Promise<Batch> {
    if (index < 0 || index >= this.batchesPerEpoch) {
      throw new RangeError(`No batch ${index} in an epoch of ${this.batchesPerEpoch}`);
    }
    const start = performance.now();
    this.loader.drain();
    const coming = this.askAhead(epoch, index);
    if (coming.isThere) return coming.batch();
    try {
      return await coming.batch();
    } finally {
      this.waitedMs += performance.now() - start;
    }
  }

  takeWaitedMs(): number {
    const waited = this.waitedMs;
    this.waitedMs = 0;
    return waited;
  }

  close(): Promise<void> {
    this.coming.clear();
    return Promise.resolve();
  }

  /** Asks for the batch at a place and those after it, forgets all others, and gives the first. */
  private askAhead(epoch: number, index: number): Coming {
    const kept = new Map<string, Coming>();
    for (const place of this.places(epoch, index)) {
      const key = `${place.epoch}/${place.index}`;
      let coming = this.coming.get(key);
      if (!coming) {
        coming = new Coming();
        this.loader.request({ plan: this.plan, ...place }, coming);
      }
      kept.set(key, coming);
    }
    const first = kept.get(`${epoch}/${index}`)!;
    this.coming = kept;
    return first;
  }

  /** The place itself and those to come; evaluation ends with the epoch. */
  private *places(epoch: number, index: number): Generator<{ epoch: number; index: number }> {
    for (let count = 0; count <= this.ahead; count++) {
      yield { epoch, index };
      index += 1;
      if (index < this.batchesPerEpoch) continue;
      if (!this.plan.training) return;
      epoch += 1;
      index = 0;
    }
  }
}

function receivedError({ message, input }: SentError): Error {
  return input ? new InputError(message) : new Error(message);
}
