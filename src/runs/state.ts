import type { RunFolder } from './folder';
import { readInfo } from './folder';
import { readJsonInside } from './inside';
import { whereIs } from './processes';
import { Heartbeat, type RunInfo, type RunState } from './types';

/** So long a heartbeat of another host may stand still, by the reader's own clock. */
const SILENCE_MS = 20_000;

/** The state that a run is in, and its `run.json`. */
export interface ObservedRun {
  readonly state: RunState;
  readonly info: RunInfo;
}

/**
 * Observes the state of one run. For runs of this host each look tells the truth at once; a run of another host
 * counts as interrupted once its heartbeat has stood still for 20 s between looks of the same observer.
 */
export class RunObserver {
  private counter: number | undefined;
  private movedAt: number | undefined;

  constructor(
    private readonly run: RunFolder,
    /** Milliseconds of a clock that never goes back. */
    private readonly clock: () => number = () => performance.now(),
  ) {}

  async look(): Promise<ObservedRun> {
    const info = await readInfo(this.run);
    return { state: (await this.isInterrupted(info)) ? 'interrupted' : info.state, info };
  }

  private async isInterrupted(info: RunInfo): Promise<boolean> {
    if (info.state !== 'starting' && info.state !== 'running' && info.state !== 'stopping') return false;
    const where = info.process === undefined ? 'gone' : await whereIs(info.process);
    return where === 'gone' || (where === 'elsewhere' && (await this.isSilent()));
  }

  private async isSilent(): Promise<boolean> {
    const counter = (await readHeartbeat(this.run))?.counter;
    if (this.movedAt === undefined || counter !== this.counter) {
      this.counter = counter;
      this.movedAt = this.clock();
    }
    return this.clock() - this.movedAt >= SILENCE_MS;
  }
}

/** One look at a run. A run of another host is given as written: see `RunObserver`. */
export function stateOf(run: RunFolder): Promise<ObservedRun> {
  return new RunObserver(run).look();
}

/** Whether the run's process is alive on this host, gone, or on another host; `gone` where there never was one. */
export async function processOf(info: RunInfo): Promise<'alive' | 'gone' | 'elsewhere'> {
  return info.process === undefined ? 'gone' : whereIs(info.process);
}

export function readHeartbeat(run: RunFolder): Promise<Heartbeat | undefined> {
  return readJsonInside(run.folder, ['heartbeat'], Heartbeat, 1000);
}
