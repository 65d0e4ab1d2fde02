import { messageOf } from '../common/errors';
import { requestStop } from '../runs/ask';
import type { RunFolder } from '../runs/folder';
import { signalRun } from '../runs/signal';
import { Ended } from './ended';
import { ExitCode } from './exit-codes';
import type { Output } from './output/output';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * What Ctrl-C does while a run is watched: the first asks the run for a checkpoint and a clean stop, the second ends
 * its process at once. The run is a process of its own, which the terminal's Ctrl-C does not reach.
 */
export class RunInterrupt {
  private readonly controller = new AbortController();
  private presses = 0;
  private isStarted = false;

  constructor(
    private readonly run: RunFolder,
    private readonly output: Output,
  ) {
    for (const signal of SIGNALS) process.on(signal, this.onSignal);
  }

  /** Aborted when the run has been ended. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** The run's process is there: what was asked for before that is done now. */
  started(): void {
    this.isStarted = true;
    if (this.presses > 0) this.act();
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
    this.presses += 1;
    if (this.presses === 1) this.output.note('Stopping after a checkpoint … (Ctrl-C again ends it at once)');
    if (this.isStarted) this.act();
  };

  private act(): void {
    const work = this.presses === 1 ? requestStop(this.run) : this.end();
    // The run may have ended by itself meanwhile; then following it ends too.
    work.catch((error: unknown) => this.output.note(messageOf(error)));
  }

  private async end(): Promise<void> {
    await signalRun(this.run, 'SIGKILL');
    this.controller.abort();
  }
}
