import {
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  type RequestType,
  ResponseError,
} from 'vscode-jsonrpc/node';
import { InputError, messageOf } from '../common/errors';
import {
  CheckRequest,
  EvaluateRequest,
  ExportRequest,
  INPUT_ERROR,
  ModelRequest,
  StageNotification,
} from '../protocol/inspector';
import { check, describeOneModel, evaluate, exportStudent } from './inspections';
import { startMemoryGuard } from './memory-guard';
import { PlaceError } from './place-error';
import type { Stage } from './stage';

/**
 * The inspector's process: answers one question about models and data and is then ended by the asker, who also
 * keeps the time limit on user code.
 */
const connection = createMessageConnection(new IPCMessageReader(process), new IPCMessageWriter(process));

const guard = startMemoryGuard(Number(process.argv[2]));

const stage: Stage = (name, runsUserCode) => {
  guard(runsUserCode);
  void connection.sendNotification(StageNotification, { stage: name, runsUserCode });
};

function answer<Question, Answer>(
  type: RequestType<Question, Answer, void>,
  work: (question: Question, stage: Stage) => Promise<Answer>,
): void {
  connection.onRequest(type.method, async (question: Question) => {
    try {
      return await work(question, stage);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      throw new ResponseError(INPUT_ERROR, error instanceof PlaceError ? error.describe() : messageOf(error));
    }
  });
}

answer(CheckRequest, check);
answer(ModelRequest, describeOneModel);
answer(EvaluateRequest, evaluate);
answer(ExportRequest, exportStudent);

// The asker is gone: nobody waits for the answer.
process.on('disconnect', () => process.exit(0));
connection.listen();
