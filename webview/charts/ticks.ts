/** Round numbers within a range, about as many as wanted: 1, 2 or 5 times a power of ten apart. */
export function ticksOf(
  min: number,
  max: number,
  wanted: number,
  {
    whole = false,
    isLogarithmic = false,
  }: { readonly whole?: boolean; readonly isLogarithmic?: boolean } = {},
): number[] {
  if (isLogarithmic) return powersOfTen(min, max);
  if (!(max > min)) return [min];
  const rough = (max - min) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const ratio = rough / power;
  // The nearest by ratio: the bounds are the geometric means of neighbours.
  const digit = ratio >= Math.sqrt(50) ? 10 : ratio >= Math.sqrt(10) ? 5 : ratio >= Math.sqrt(2) ? 2 : 1;
  const apart = whole ? Math.max(1, digit * power) : digit * power;
  const first = Math.ceil(min / apart - 1e-9);
  const last = Math.floor(max / apart + 1e-9);
  // Multiples of a rounded reciprocal: 3 * 0.1 would be 0.30000000000000004.
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const value = (first + index) * apart;
    return Number(value.toPrecision(12));
  });
}

function powersOfTen(min: number, max: number): number[] {
  const first = Math.ceil(Math.log10(min) - 1e-9);
  const last = Math.floor(Math.log10(max) + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => 10 ** (first + index));
}

/** What stands beside the ticks of an axis: no more decimals than tell them apart. A log scale leaves some out. */
export function tickTexts(ticks: readonly (number | null)[], format: (value: number) => string): string[] {
  const trailingZero = /(\.\d*)0(?!\d)/;
  let texts = ticks.map((tick) => (tick === null ? '' : format(tick)));
  while (
    texts.some((text) => trailingZero.test(text)) &&
    texts.every((text) => !text.includes('.') || trailingZero.test(text))
  ) {
    texts = texts.map((text) => text.replace(trailingZero, '$1').replace(/\.(?!\d)/, ''));
  }
  return texts;
}
