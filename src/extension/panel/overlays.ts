import { setTimeout as wait } from 'node:timers/promises';
import type { Overlay } from '../../protocol/panel-charts';
import type { ReaderClient } from './reader/client';
import type { Beside } from './sections/subject';

/** So long the panel waits for curves; those of long runs come with a later update. */
const PATIENCE = 150;

interface Drawn {
  readonly stamp: string;
  readonly overlay: Overlay;
}

/** The curves of other runs and groups; read again only when they may have changed. */
export class Overlays {
  private readonly drawn = new Map<string, Drawn>();
  private readonly pending = new Map<string, Promise<void>>();

  constructor(private readonly reader: Pick<ReaderClient, 'call'>) {}

  /** Some are still being read. */
  get isReading(): boolean {
    return this.pending.size > 0;
  }

  /**
   * Those that have been read, the same objects as before where nothing has changed. What is read anew stays as it was
   * meanwhile.
   */
  async of(beside: readonly Beside[]): Promise<Overlay[]> {
    for (const each of beside) this.readIfChanged(each);
    for (const key of this.drawn.keys())
      if (!beside.some((each) => keyOf(each) === key)) this.drawn.delete(key);
    const isRead = Promise.all(this.pending.values());
    if (this.isReading) await Promise.race([isRead, wait(PATIENCE)]);
    return beside.flatMap((each) => this.drawn.get(keyOf(each))?.overlay ?? []);
  }

  private readIfChanged(each: Beside): void {
    const key = keyOf(each);
    const { candidate, role } = each;
    const stamp = JSON.stringify([candidate.stamp, candidate.choice, role]);
    if (this.pending.has(key) || this.drawn.get(key)?.stamp === stamp) return;
    const read = this.read(each)
      // What is wrong with its files is told in a panel of its own.
      .catch((): Overlay['tables'] => [])
      .then((tables) => {
        this.drawn.set(key, { stamp, overlay: { choice: candidate.choice, role, tables } });
        this.pending.delete(key);
      });
    this.pending.set(key, read);
  }

  private async read({ candidate: { runs } }: Beside): Promise<Overlay['tables']> {
    const folders = runs.map(({ folder }) => folder);
    return folders.length === 0 ? [] : this.reader.call('curves', folders);
  }
}

function keyOf({ candidate }: Beside): string {
  return candidate.choice.key;
}
