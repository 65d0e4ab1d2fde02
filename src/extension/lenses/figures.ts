/** `7×7×64`; a side that is not known is `?`. */
export function formatShape(shape: readonly (number | null)[]): string {
  return shape.map((side) => side ?? '?').join('×');
}

/** `940`, `36.9k`, `1.2M`, `3.4G`: three figures that count. */
export function formatCount(count: number): string {
  for (const [unit, size] of [
    ['G', 1e9],
    ['M', 1e6],
    ['k', 1e3],
  ] as const) {
    // What rounds up to the next unit belongs to it.
    if (count >= 0.9995 * size) return `${threeFigures(count / size)}${unit}`;
  }
  return String(Math.round(count));
}

/** `1.8 MFLOPs` */
export function formatFlops(flops: number): string {
  const [, number, unit] = /^([\d.]+)(\w?)$/.exec(formatCount(flops))!;
  return `${number} ${unit}FLOPs`;
}

function threeFigures(value: number): string {
  return value >= 99.95 ? value.toFixed(0) : value.toFixed(1);
}
