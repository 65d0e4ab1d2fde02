import { Format, SingleBar } from 'cli-progress';
import { printable, type Output } from './output';

/** Puts together the line from the drawn bar, `▓▓▓░░ 62 %`, and the columns there are. */
export type Compose = (bar: string, columns: number) => string;

/**
 * A line with a progress bar that is redrawn in place, below everything that is printed meanwhile.
 * Where nobody watches a terminal it shows nothing.
 */
export class LiveLine {
  private readonly bar: SingleBar | undefined;
  private progress = 0;
  private compose: Compose = (bar) => bar;

  constructor(private readonly output: Output) {
    if (!output.isWatched) return;
    this.bar = new SingleBar({
      format: (options, { progress, maxWidth }) => {
        const bar = `${Format.BarFormat(progress, options)} ${Math.floor(progress * 100)} %`;
        return printable(this.compose(bar, maxWidth));
      },
      barCompleteChar: '▓',
      barIncompleteChar: '░',
      barsize: 18,
      clearOnComplete: true,
      linewrap: true,
      // Ctrl-C has its own meaning here.
      gracefulExit: false,
      stream: process.stderr,
      fps: 5,
    });
  }

  /** Shows a state; `progress` is 0 … 1. */
  update(progress: number, compose: Compose): void {
    this.progress = Math.min(1, Math.max(0, progress));
    this.compose = compose;
    if (this.output.bottomLine === this) this.bar?.update(this.progress);
    else if (this.bar) {
      this.output.bottomLine = this;
      this.show();
    }
  }

  close(): void {
    if (this.output.bottomLine !== this) return;
    this.hide();
    this.output.bottomLine = undefined;
  }

  show(): void {
    this.bar?.start(1, this.progress);
  }

  hide(): void {
    this.bar?.stop();
  }
}
