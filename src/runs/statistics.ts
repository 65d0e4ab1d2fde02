/** Mean, and how far the values spread. */
export interface Summary {
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation (n - 1); undefined for a single value. */
  readonly deviation?: number;
}

/** Summarises values, or gives undefined where there are none. */
export function summarize(values: readonly number[]): Summary | undefined {
  const count = values.length;
  if (count === 0) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  if (count === 1) return { count, mean };
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count, mean, deviation: Math.sqrt(squares / (count - 1)) };
}

export interface Difference {
  readonly value: number;
  /** sqrt(s1²/n1 + s2²/n2), as in Welch's t-test; undefined where either side is a single value. */
  readonly standardError?: number;
}

/** How far the first mean lies above the second. */
export function differenceOf(first: Summary, second: Summary): Difference {
  const value = first.mean - second.mean;
  if (first.deviation === undefined || second.deviation === undefined) return { value };
  const variance = first.deviation ** 2 / first.count + second.deviation ** 2 / second.count;
  return { value, standardError: Math.sqrt(variance) };
}

/**
 * Share of the way from the baseline to the teacher that the student has come; all three measured on the same split.
 * Undefined (shown as "n/a") where one is missing or the teacher is not above the baseline.
 */
export function gapRecovered(
  student: number | undefined,
  baseline: number | undefined,
  teacher: number | undefined,
): number | undefined {
  if (student === undefined || baseline === undefined || teacher === undefined) return undefined;
  return teacher > baseline ? (student - baseline) / (teacher - baseline) : undefined;
}
