/** Steps of colour that the style sheet has for each direction. */
export const HEAT_STEPS = 8;

/**
 * How strongly a cell of a confusion matrix is coloured: 0 … `HEAT_STEPS`, as a share of its row, so that rare classes
 * are seen too.
 */
export function heat(value: number, rowSum: number): number {
  if (!(value > 0) || !(rowSum > 0)) return 0;
  return Math.max(1, Math.round(Math.min(1, value / rowSum) * HEAT_STEPS));
}

/** Sums of the rows of a square matrix. */
export function rowSums(matrix: Float64Array, classes: number): number[] {
  return Array.from({ length: classes }, (_, row) =>
    matrix.subarray(row * classes, (row + 1) * classes).reduce((sum, value) => sum + value, 0),
  );
}

/** What of a matrix is more than in another. */
export function difference(matrix: Float64Array, other: Float64Array): Float64Array {
  return matrix.map((value, index) => value - other[index]!);
}
