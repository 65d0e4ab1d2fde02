import { InputError } from '../common/errors';
import { readInfo, type RunFolder } from './folder';
import { commandLineOf } from './processes';

/**
 * Sends a signal to the process of a run: only if the process in `run.json` is alive on this machine, started when
 * that says, and its command line is that of a worker of this very folder. Else throws `InputError`, and nothing is
 * sent. A run is stopped gently by `requestStop`.
 */
export async function signalRun(run: RunFolder, signal: NodeJS.Signals): Promise<void> {
  const { process: worker } = await readInfo(run);
  const commandLine = worker && (await commandLineOf(worker));
  if (!worker || !commandLine?.includes('worker.js') || !commandLine.includes(run.folder)) {
    const named = worker ? `process ${worker.pid} on ${worker.host}` : 'no process';
    throw new InputError(
      `Run ${run.id} names ${named}, which is not a worker of this run on this machine; no signal is sent`,
    );
  }
  process.kill(worker.pid, signal);
}
