import type { Axis, Rows } from '../../src/protocol/panel-charts';
import { clock, count, epochText } from '../../src/common/format';
import type { ChartContent, Series } from './content';
import { smooth } from './smoothing';

/** The x values of a table on an axis. */
export function axisOf(rows: Rows, axis: Axis): Float64Array {
  return axis === 'time' ? rows.seconds : rows[axis];
}

export function axisLook(axis: Axis, label: string): ChartContent['axis'] {
  if (axis === 'time') return { label, format: clock, whole: true };
  return axis === 'step' ? { label, format: count, whole: true } : { label, format: epochText, whole: false };
}

export interface CurveOptions {
  readonly axis: Axis;
  /** 0 … 0.999; see `smooth`. */
  readonly smoothing: number;
}

/**
 * A column of a table as a line; undefined where it has no value. Rows without one are left out, so that lines that
 * are sampled rarely go on. Several rows at one place (before time is measured) count as their last.
 */
export function curve(
  rows: Rows | undefined,
  column: string,
  looks: Pick<Series, 'key' | 'label' | 'colour' | 'stroke'>,
  { axis, smoothing }: CurveOptions,
): Series | undefined {
  const values = rows?.columns[column];
  if (rows === undefined || values === undefined) return undefined;
  const places = axisOf(rows, axis);
  const kept: number[] = [];
  values.mean.forEach((value, index) => {
    if (!Number.isFinite(value)) return;
    if (kept.length > 0 && places[kept.at(-1)!] === places[index]) kept.pop();
    kept.push(index);
  });
  if (kept.length === 0) return undefined;
  const pick = (numbers: Float64Array) =>
    smooth(
      kept.map((index) => finite(numbers[index]!)),
      smoothing,
    );
  const { low, high } = values;
  return {
    ...looks,
    x: kept.map((index) => places[index]!),
    y: pick(values.mean),
    ...(smoothing > 0 && { raw: kept.map((index) => finite(values.mean[index]!)) }),
    ...(low && high && { band: { low: pick(low), high: pick(high) } }),
  };
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
