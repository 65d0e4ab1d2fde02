import { Presets, SingleBar } from 'cli-progress';
import type { Output } from './output';

/** Puts together the line from the drawn bar, `▓▓▓░░ 62 %`, and the columns there are. */
export type Compose = (bar: string, columns: number) => string;

const BAR_SIZE = 18;

/**
 * A line with a progress bar that is redrawn in place, below everything that is printed meanwhile.
 * Where nobody watches a terminal it shows nothing.
 */
export class LiveLine {
  private readonly bar: SingleBar | undefined;
  private progress = 0;
  private compose: Compose = (bar) => bar;
  private shown = false;

  constructor(output: Output) {
    if (!output.live) return;
    this.bar = new SingleBar(
      {
        format: (options, { progress, maxWidth }) => {
          const full = Math.round(progress * BAR_SIZE);
          const drawn =
            options.barCompleteString!.slice(0, full) +
            options.barIncompleteString!.slice(0, BAR_SIZE - full);
          return this.compose(`${drawn} ${Math.floor(progress * 100)} %`, maxWidth);
        },
        barsize: BAR_SIZE,
        clearOnComplete: true,
        linewrap: true,
        gracefulExit: false,
        stream: process.stderr,
        fps: 5,
      },
      Presets.shades_grey,
    );
  }

  /** Shows a state; `progress` is 0 … 1. */
  update(progress: number, compose: Compose): void {
    this.progress = Math.min(1, Math.max(0, progress));
    this.compose = compose;
    if (this.shown) this.bar?.update(this.progress);
    else this.show();
  }

  /** Prints something above the line. */
  print(write: () => void): void {
    const wasShown = this.shown;
    this.hide();
    write();
    if (wasShown) this.show();
  }

  hide(): void {
    if (this.shown) this.bar?.stop();
    this.shown = false;
  }

  private show(): void {
    this.bar?.start(1, this.progress);
    this.shown = true;
  }
}
