import type { Overlay } from '../../protocol/panel-charts';
import type { ReaderClient } from './reader/client';
import type { Beside } from './sections/subject';

interface Drawn {
  readonly stamp: string;
  readonly overlay: Overlay;
}

/** The curves of other runs and groups; read again only when they may have changed. */
export class Overlays {
  private drawn = new Map<string, Drawn>();

  constructor(private readonly reader: ReaderClient) {}

  /** The same objects as before where nothing has changed. */
  async of(beside: readonly Beside[]): Promise<Overlay[]> {
    const drawn = await Promise.all(beside.map((each) => this.draw(each)));
    this.drawn = new Map(drawn.map((each) => [each.overlay.choice.key, each]));
    return drawn.map(({ overlay }) => overlay);
  }

  private async draw({ candidate: { choice, runs, stamp: of }, role }: Beside): Promise<Drawn> {
    const stamp = JSON.stringify([of, choice, role]);
    const before = this.drawn.get(choice.key);
    if (before?.stamp === stamp) return before;
    const tables =
      runs.length === 0
        ? []
        : await this.reader.call(
            'curves',
            runs.map(({ folder }) => folder),
          );
    return { stamp, overlay: { choice, role, tables } };
  }
}
