import { type BackendId, backendTitles, type InstallProgress, type InstallStage } from '../../backends';
import { bytes } from '../../common/format';
import { LiveLine } from './live-line';
import type { Output } from './output';

const stages: Readonly<Record<InstallStage, string>> = {
  download: 'Fetching',
  unpack: 'Unpacking',
  compile: 'Compiling the binding of',
  try: 'Trying',
};

/** Shows how far an installation is: a bar on a terminal, else a line for each stage. */
export class InstallDisplay {
  private readonly live: LiveLine;
  private stage: InstallStage | undefined;

  constructor(
    private readonly output: Output,
    private readonly backend: BackendId,
  ) {
    this.live = new LiveLine(output);
  }

  show({ stage, done, total, because }: InstallProgress): void {
    if (because !== undefined)
      this.output.note(`The binding that came with Retort does not work here: ${because}`);
    const text = `${stages[stage]} ${backendTitles[this.backend]}`;
    if (this.output.isWatched) {
      const size = total > 0 ? `   ${bytes(done)} of ${bytes(total)}` : '';
      this.live.update(total > 0 ? done / total : 0, (bar) =>
        total > 0 ? `${text} ${bar}${size}` : `${text} …`,
      );
    } else if (stage !== this.stage) {
      this.output.note(`${text}${total > 0 ? ` (${bytes(total)})` : ''} …`);
    }
    this.stage = stage;
  }

  close(): void {
    this.live.close();
  }
}
