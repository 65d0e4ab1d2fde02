import type { TrainLine } from './types';

type Line = Pick<TrainLine, 'epoch' | 'time' | 'stage'>;

/**
 * The pace of one attempt by its train lines. Stages differ in what a step costs, so it is that of the current stage,
 * between its first line and its last; evaluations and checkpoints are part of it.
 */
export class Pace {
  private first: Line | undefined;
  private known: number | undefined;

  add(line: Line): void {
    if (this.first === undefined || this.first.stage !== line.stage) {
      this.first = line;
      return;
    }
    const seconds = (line.time - this.first.time) / 1000;
    const epochs = line.epoch - this.first.epoch;
    // Not where the clock was set back between them.
    this.known = seconds < 0 || epochs <= 0 ? undefined : seconds / epochs;
  }

  /** Until a stage has a pace that of the one before; undefined while there is none. */
  get secondsPerEpoch(): number | undefined {
    return this.known;
  }
}
