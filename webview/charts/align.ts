import type { ChartContent } from './content';

/** One line of a chart, on the x values that all its lines share. */
export interface Column {
  readonly key: string;
  readonly label: string;
  /** As it is drawn. */
  readonly y: readonly (number | null)[];
  /** As it was measured, which is what is read: without smoothing. */
  readonly measured: readonly (number | null)[];
}

export interface Aligned {
  readonly x: readonly number[];
  readonly columns: readonly Column[];
  /** What was smoothed, by key of the series. */
  readonly raws: ReadonlyMap<string, readonly (number | null)[]>;
  /** By key of the series. */
  readonly bands: ReadonlyMap<
    string,
    { readonly low: readonly (number | null)[]; readonly high: readonly (number | null)[] }
  >;
}

/** Puts a chart's lines on common x values, the levels last: the rows of its table and the data of its picture. */
export function align(content: ChartContent): Aligned {
  const x = union(content.series.map((series) => series.x));
  const places = new Map(x.map((value, index) => [value, index]));
  const spread = (from: readonly number[], values: readonly (number | null)[]) => {
    const row = new Array<number | null>(x.length).fill(null);
    from.forEach((place, index) => {
      row[places.get(place)!] = drawable(values[index] ?? null, content.isLogarithmic);
    });
    return row;
  };
  const bands = content.series.flatMap(({ key, x: from, band }) =>
    band === undefined
      ? []
      : [[key, { low: spread(from, band.low), high: spread(from, band.high) }] as const],
  );
  const raws = content.series.flatMap(({ key, x: from, raw }) =>
    raw === undefined ? [] : [[key, spread(from, raw)] as const],
  );
  return {
    x,
    raws: new Map(raws),
    columns: [
      ...content.series.map((series) => ({
        key: series.key,
        label: series.label,
        y: spread(series.x, series.y),
        measured: spread(series.x, series.raw ?? series.y),
      })),
      ...content.levels.map(({ key, label, y }) => {
        const level = x.map(() => y);
        return { key, label, y: level, measured: level };
      }),
    ],
    bands: new Map(bands),
  };
}

/** The measured value of a column at a place; where it has none, the last one before it (lines are sampled at different x). */
export function valueAt(column: Column, index: number): number | null {
  for (let place = index; place >= 0; place--) {
    const value = column.measured[place];
    if (value != null) return value;
  }
  return null;
}

function union(lists: readonly (readonly number[])[]): number[] {
  const [only, ...others] = lists;
  if (only === undefined) return [];
  if (others.every((other) => other === only)) return [...only];
  return [...new Set(lists.flat())].sort((one, other) => one - other);
}

/** A logarithmic axis has no place for zero and below. */
function drawable(value: number | null, isLogarithmic: boolean): number | null {
  return value === null || !Number.isFinite(value) || (isLogarithmic && value <= 0) ? null : value;
}
