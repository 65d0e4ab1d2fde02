import type { Zoom, Zoomed } from '../src/protocol/panel';
import type { Axis, TableName } from '../src/protocol/panel-charts';
import type { Range } from './charts/content';
import { axisOf } from './charts/curves';
import type { PageZoom } from './page';
import type { PanelState } from './state';

/** The stretch of the axis that all charts show, and the finer rows of it that the host gives. */
export class ZoomStore {
  private current: PageZoom | undefined;
  private axis: Axis = 'epoch';
  private lastId = 0;
  /** The latest request for each table. */
  private asked: Partial<Record<TableName, { id: number; isOpen: boolean }>> = {};

  constructor(private readonly ask: (request: Zoom) => void) {}

  get zoom(): PageZoom | undefined {
    return this.current;
  }

  set(range: Range | undefined, state: PanelState): void {
    this.asked = {};
    this.current = range === undefined ? undefined : { range, rows: {} };
    this.axis = state.view.axis;
    this.follow(state);
  }

  /** Asks for finer rows where there are any, and again when a stretch that reaches the present has grown. */
  follow(state: PanelState): void {
    if (this.current === undefined) return;
    if (state.view.axis !== this.axis) return this.set(undefined, state);
    const { range } = this.current;
    for (const rows of Object.values(state.tables)) {
      const end = axisOf(rows, this.axis).at(-1) ?? 0;
      const asked = this.asked[rows.table];
      // A stretch whose end is past is asked for once.
      if (rows.linesPerRow === 1 || (asked !== undefined && !asked.isOpen)) continue;
      if (asked !== undefined && this.current.rows[rows.table] === undefined) continue;
      const known = this.current.rows[rows.table];
      if (known !== undefined && (axisOf(known, this.axis).at(-1) ?? 0) >= Math.min(end, range.max)) continue;
      const id = ++this.lastId;
      this.asked[rows.table] = { id, isOpen: end < range.max };
      this.ask({ type: 'zoom', id, table: rows.table, axis: this.axis, from: range.min, to: range.max });
    }
  }

  /** Takes an answer, unless something else has been asked since. */
  take({ id, rows }: Zoomed): void {
    if (this.current === undefined || this.asked[rows.table]?.id !== id) return;
    this.current = { ...this.current, rows: { ...this.current.rows, [rows.table]: rows } };
  }
}
