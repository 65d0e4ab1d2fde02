import { messageOf } from '../common/errors';
import type { RunFolder } from '../runs/folder';
import { requestStop } from '../runs/ask';
import { signalRun } from '../runs/signal';
import { Ended } from './ended';
import { ExitCode } from './exit-codes';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * What Ctrl-C does while a run is watched: the first asks the run for a checkpoint and a clean stop, the second ends
 * its process at once. The run is a process of its own, which the terminal's Ctrl-C does not reach.
 */
export class RunInterrupt {
  private readonly controller = new AbortController();
  private asked = false;

  constructor(
    private readonly run: RunFolder,
    private readonly say: (text: string) => void,
  ) {
    for (const signal of SIGNALS) process.on(signal, this.onSignal);
  }

  /** Aborted when the run has been ended. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  throwIfEnded(): void {
    if (!this.signal.aborted) return;
    const { id } = this.run;
    const message = `run ${id} was ended at once\ngo on from its last checkpoint with: retort resume ${id}`;
    throw new Ended(message, ExitCode.interrupted, id);
  }

  close(): void {
    for (const signal of SIGNALS) process.off(signal, this.onSignal);
  }

  private readonly onSignal = (): void => {
    const work = this.asked ? this.end() : this.askToStop();
    this.asked = true;
    // The run may have ended by itself meanwhile; then following it ends too.
    work.catch((error: unknown) => this.say(messageOf(error)));
  };

  private async askToStop(): Promise<void> {
    await requestStop(this.run);
    this.say('Stopping after a checkpoint … (Ctrl-C again ends it at once)');
  }

  private async end(): Promise<void> {
    await signalRun(this.run, 'SIGKILL');
    this.controller.abort();
  }
}
