import { LiveLine } from './live-line';
import type { Output } from './output';

/** Shows what a short wait is for, on a terminal only. */
export class StageDisplay {
  private readonly live: LiveLine;

  constructor(output: Output) {
    this.live = new LiveLine(output);
  }

  /** Runs the work and shows the stages that it names. */
  async during<T>(work: (onStage: (stage: string) => void) => Promise<T>): Promise<T> {
    try {
      return await work((stage) => this.live.update(0, () => `${stage} …`));
    } finally {
      this.live.hide();
    }
  }
}
