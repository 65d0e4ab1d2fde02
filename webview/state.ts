import type { Delta, Snapshot } from '../src/protocol/panel';
import type { Column, Rows, TableChange, TableName } from '../src/protocol/panel-charts';

type Parts = Omit<Snapshot, 'type' | 'tables'>;

/** What the page knows of its subject. */
export interface PanelState extends Parts {
  readonly tables: Partial<Record<TableName, Rows>>;
}

export function fromSnapshot({ type: _, tables = [], ...parts }: Snapshot): PanelState {
  return { ...parts, tables: changedTables({}, tables) };
}

/** Undefined where the delta does not follow by one: something was missed, and only a new snapshot helps. */
export function withDelta(
  state: PanelState,
  { type: _, tables = [], ...parts }: Delta,
): PanelState | undefined {
  if (parts.number !== state.number + 1) return undefined;
  const present = Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
  try {
    return { ...state, ...present, tables: changedTables(state.tables, tables) };
  } catch {
    return undefined;
  }
}

function changedTables(tables: PanelState['tables'], changes: readonly TableChange[]): PanelState['tables'] {
  const next = { ...tables };
  for (const { keep, rows } of changes) {
    next[rows.table] = keep === 0 ? rows : joined(next[rows.table], keep, rows);
  }
  return next;
}

/** The first rows of a table and new ones after them. Throws where the table has not so many rows or these columns. */
function joined(before: Rows | undefined, keep: number, rows: Rows): Rows {
  const join = (first: Float64Array | undefined, second: Float64Array): Float64Array => {
    if (first === undefined || first.length < keep) throw new RangeError('The table has other rows');
    const all = new Float64Array(keep + second.length);
    all.set(first.subarray(0, keep));
    all.set(second, keep);
    return all;
  };
  const columns = Object.entries(rows.columns).map(([name, { mean, low, high }]): [string, Column] => {
    const other = before?.columns[name];
    return [
      name,
      {
        mean: join(other?.mean, mean),
        ...(low && { low: join(other?.low, low) }),
        ...(high && { high: join(other?.high, high) }),
      },
    ];
  });
  return {
    ...rows,
    step: join(before?.step, rows.step),
    epoch: join(before?.epoch, rows.epoch),
    seconds: join(before?.seconds, rows.seconds),
    columns: Object.fromEntries(columns),
  };
}
