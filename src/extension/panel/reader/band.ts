import type { Column, Rows } from '../../../protocol/panel-charts';
import { summarize } from '../../../runs/statistics';

/**
 * Mean and band over the runs of a group, at each step that at least one of them has: mean ± sample standard deviation
 * of those that have a value there; no wider than the mean where that is a single one.
 * @param tables the same table of each run; at least one
 */
export function bandOf(tables: readonly Rows[]): Rows {
  const steps = Float64Array.from(new Set(tables.flatMap(({ step }) => [...step]))).sort();
  const located = tables.map((rows) => ({ rows, at: positions(rows.step, steps) }));
  const values = (column: (rows: Rows) => Float64Array | undefined, row: number): number[] =>
    located
      .map(({ rows, at }) => (at[row]! < 0 ? Number.NaN : (column(rows)?.[at[row]!] ?? Number.NaN)))
      .filter((value) => !Number.isNaN(value));
  const mean = (column: (rows: Rows) => Float64Array): Float64Array =>
    ascending(steps.map((_, row) => summarize(values(column, row))?.mean ?? Number.NaN));
  const names = new Set(tables.flatMap(({ columns }) => Object.keys(columns)));
  const columns = [...names].map((name): [string, Column] => {
    const column = {
      mean: new Float64Array(steps.length).fill(Number.NaN),
      low: new Float64Array(steps.length).fill(Number.NaN),
      high: new Float64Array(steps.length).fill(Number.NaN),
    };
    for (let row = 0; row < steps.length; row++) {
      const summary = summarize(values((rows) => rows.columns[name]?.mean, row));
      if (summary === undefined) continue;
      const { mean: middle, deviation = 0 } = summary;
      column.mean[row] = middle;
      column.low[row] = middle - deviation;
      column.high[row] = middle + deviation;
    }
    return [name, column];
  });
  const [first] = tables;
  return {
    table: first!.table,
    linesPerRow: first!.linesPerRow,
    step: steps,
    epoch: mean(({ epoch }) => epoch),
    seconds: mean(({ seconds }) => seconds),
    columns: Object.fromEntries(columns),
  };
}

/** Where each of the wanted steps is among the ascending ones; the last of equals, -1 where it is not. */
function positions(steps: Float64Array, wanted: Float64Array): Int32Array {
  let at = 0;
  return Int32Array.from(wanted, (step) => {
    while (at < steps.length && steps[at]! <= step) at++;
    return steps[at - 1] === step ? at - 1 : -1;
  });
}

/** The mean time falls where a slow run has no value any more; an axis does not. */
function ascending(values: Float64Array): Float64Array {
  for (let row = 1; row < values.length; row++) values[row] = Math.max(values[row]!, values[row - 1]!);
  return values;
}
