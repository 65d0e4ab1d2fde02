import { LiveLine } from './live-line';
import type { Output } from './output';

/** Shows what a short wait is for, on a terminal only. */
export class StageDisplay {
  private readonly live: LiveLine;

  constructor(output: Output) {
    this.live = new LiveLine(output);
  }

  /** Runs the work and shows the stages that it names, until then the first. */
  async during<T>(first: string, work: (onStage: (stage: string) => void) => Promise<T>): Promise<T> {
    const show = (stage: string): void => this.live.update(0, () => `${stage} …`);
    show(first);
    try {
      return await work(show);
    } finally {
      this.live.close();
    }
  }
}
