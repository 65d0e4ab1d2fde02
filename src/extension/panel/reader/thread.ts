import { parentPort } from 'node:worker_threads';
import { InputError, messageOf } from '../../../common/errors';
import type { Answer, Question } from './messages';
import { PanelReader } from './panel-reader';

/** The thread that reads what panels show. */
const reader = new PanelReader();
const port = parentPort!;

port.on('message', ({ id, method, args }: Question) => {
  const call = reader[method].bind(reader) as (...given: unknown[]) => unknown;
  void Promise.resolve()
    .then(() => call(...args))
    .then(
      (value): Answer => ({ id, value }),
      (error: unknown): Answer => ({
        id,
        error: { message: messageOf(error), isInput: error instanceof InputError },
      }),
    )
    .then((answer) => port.postMessage(answer));
});
