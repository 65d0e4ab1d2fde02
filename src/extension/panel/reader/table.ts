import type { Column, Rows, TableName } from '../../../protocol/panel-charts';

/** A chart shows no more rows than this: about one a pixel. */
export const MOST_ROWS = 2000;
/** A stranger's file may name more than a chart can draw. */
const MOST_COLUMNS = 200;

/** Values by line; those beyond the table's length are NaN. */
interface Values {
  values: Float64Array;
}

/** Where a line stands. */
export interface Place {
  readonly step: number;
  readonly epoch: number;
  readonly seconds: number;
}

/** Lines of one kind, in columns. The places ascend. */
export class Table {
  length = 0;
  private capacity = 1024;
  private readonly step = this.makeValues();
  private readonly epoch = this.makeValues();
  private readonly seconds = this.makeValues();
  private readonly columns = new Map<string, Values>();

  constructor(readonly name: TableName) {}

  get columnCount(): number {
    return this.columns.size;
  }

  /** Adds a line, whose values are NaN until they are set; false if it stands before the last. */
  append({ step, epoch, seconds }: Place): boolean {
    const last = this.length - 1;
    if (last >= 0 && step < this.step.values[last]!) return false;
    if (this.length === this.capacity) this.grow();
    this.step.values[this.length] = step;
    // Damage and clocks set back must not make an axis go back.
    this.epoch.values[this.length] = last < 0 ? epoch : Math.max(epoch, this.epoch.values[last]!);
    this.seconds.values[this.length] = last < 0 ? seconds : Math.max(seconds, this.seconds.values[last]!);
    this.length++;
    return true;
  }

  /** The column of a name, made where there is none; undefined where there are too many. */
  column(name: string): Values | undefined {
    let column = this.columns.get(name);
    if (column === undefined && this.columns.size < MOST_COLUMNS) {
      column = this.makeValues();
      this.columns.set(name, column);
    }
    return column;
  }

  /** Forgets the lines beyond a step; gives how many stay. */
  truncateAfter(step: number): number {
    const kept = this.search(this.step.values, step, (value, wanted) => value <= wanted);
    for (const { values } of this.all()) values.fill(Number.NaN, kept, this.length);
    this.length = kept;
    return kept;
  }

  place(line: number): Place | undefined {
    if (line < 0 || line >= this.length) return undefined;
    return {
      step: this.step.values[line]!,
      epoch: this.epoch.values[line]!,
      seconds: this.seconds.values[line]!,
    };
  }

  /** A value of the last line; undefined where it has none. */
  last(name: string): number | undefined {
    const value = this.columns.get(name)?.values[this.length - 1];
    return value === undefined || Number.isNaN(value) ? undefined : value;
  }

  /** The lines from the last before `from` to the first after `to`, on an axis. */
  range(axis: keyof Place, from: number, to: number): { readonly first: number; readonly end: number } {
    const { values } = this[axis];
    const inside = this.search(values, from, (value, wanted) => value < wanted);
    const beyond = this.search(values, to, (value, wanted) => value <= wanted);
    return { first: Math.max(0, inside - 1), end: Math.min(this.length, beyond + 1) };
  }

  /** Lines from `first` up to `end`, so many a row. */
  rows(linesPerRow: number, first = 0, end = this.length): Rows {
    const columns = [...this.columns].map(([name, { values }]) => [
      name,
      condense(values, linesPerRow, first, end),
    ]);
    const lastOf = ({ values }: Values): Float64Array => pick(values, linesPerRow, first, end);
    return {
      table: this.name,
      linesPerRow,
      step: lastOf(this.step),
      epoch: lastOf(this.epoch),
      seconds: lastOf(this.seconds),
      columns: Object.fromEntries(columns) as Record<string, Column>,
    };
  }

  private all(): Values[] {
    return [this.step, this.epoch, this.seconds, ...this.columns.values()];
  }

  private makeValues(): Values {
    return { values: new Float64Array(this.capacity).fill(Number.NaN) };
  }

  private grow(): void {
    this.capacity *= 2;
    for (const column of this.all()) {
      const grown = new Float64Array(this.capacity);
      grown.set(column.values);
      grown.fill(Number.NaN, this.length);
      column.values = grown;
    }
  }

  /** How many values at the front are before the wanted one. */
  private search(
    values: Float64Array,
    wanted: number,
    isBefore: (value: number, wanted: number) => boolean,
  ): number {
    let low = 0;
    let high = this.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isBefore(values[middle]!, wanted)) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The smallest power of two of lines a row that gives few enough rows: earlier rows stay as they are when lines come. */
export function linesPerRow(lines: number): number {
  let count = 1;
  while (lines > count * MOST_ROWS) count *= 2;
  return count;
}

function pick(values: Float64Array, linesPerRow: number, first: number, end: number): Float64Array {
  const picked = new Float64Array(Math.ceil((end - first) / linesPerRow));
  for (let row = 0; row < picked.length; row++) {
    picked[row] = values[Math.min(end, first + (row + 1) * linesPerRow) - 1]!;
  }
  return picked;
}

function condense(values: Float64Array, linesPerRow: number, first: number, end: number): Column {
  if (linesPerRow === 1) return { mean: values.slice(first, end) };
  const count = Math.ceil((end - first) / linesPerRow);
  const column = {
    mean: new Float64Array(count),
    low: new Float64Array(count),
    high: new Float64Array(count),
  };
  for (let row = 0; row < count; row++) {
    const begin = first + row * linesPerRow;
    const stop = Math.min(end, begin + linesPerRow);
    let sum = 0;
    let present = 0;
    let low = Infinity;
    let high = -Infinity;
    for (let line = begin; line < stop; line++) {
      const value = values[line]!;
      if (Number.isNaN(value)) continue;
      sum += value;
      present++;
      if (value < low) low = value;
      if (value > high) high = value;
    }
    column.mean[row] = present === 0 ? Number.NaN : sum / present;
    column.low[row] = present === 0 ? Number.NaN : low;
    column.high[row] = present === 0 ? Number.NaN : high;
  }
  return column;
}
