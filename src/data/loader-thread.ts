import { type MessagePort, workerData } from 'node:worker_threads';
import { InputError, messageOf } from '../common/errors';
import type { Batch } from './batch';
import { BatchMaker } from './batch-maker';
import type { BatchRequest, LoaderMessage, LoaderStart, SentError } from './loader-messages';
import { openDataset } from './open';

/** The thread that reads, decodes and augments: it opens the dataset, then makes the batches asked for. */
async function serve({ data, base, home, port }: LoaderStart): Promise<void> {
  const send = (message: LoaderMessage): void => port.postMessage(message);
  let maker: BatchMaker;
  try {
    const onProgress = (message: string): void => send({ type: 'progress', message });
    maker = new BatchMaker(await openDataset(data.source, { base, home, onProgress }), data);
  } catch (error) {
    return send({ type: 'not opened', error: sentError(error) });
  }
  send({ type: 'opened', info: maker.info });

  let work = Promise.resolve();
  port.on('message', (request: BatchRequest) => {
    work = work.then(() => answer(maker, request, port));
  });
}

async function answer(
  maker: BatchMaker,
  { id, plan, epoch, index }: BatchRequest,
  port: MessagePort,
): Promise<void> {
  try {
    const batch = await maker.make(plan, epoch, index);
    port.postMessage({ type: 'batch', id, batch } satisfies LoaderMessage, buffersOf(batch));
  } catch (error) {
    port.postMessage({ type: 'no batch', id, error: sentError(error) } satisfies LoaderMessage);
  }
}

/** The memory that goes over to the other thread instead of being copied. */
function buffersOf({ images, labels, sampleIds, mixed }: Batch): ArrayBuffer[] {
  const arrays = [images, labels, sampleIds, ...(mixed ? [mixed.labels, mixed.lambda] : [])];
  return arrays.map((array) => array.buffer as ArrayBuffer);
}

function sentError(error: unknown): SentError {
  return { message: messageOf(error), input: error instanceof InputError };
}

void serve(workerData as LoaderStart);
