/** Red, green, blue: 0 … 255. */
export type Rgb = readonly [number, number, number];

/** Reads `#rgb`, `#rrggbb`, `#rrggbbaa` and `rgb(…)`, as themes give colours; undefined for anything else. */
export function parseColour(text: string): Rgb | undefined {
  const hex = /^#([0-9a-f]{3}|[0-9a-f]{6})(?:[0-9a-f]{1,2})?$/i.exec(text.trim())?.[1];
  if (hex !== undefined) {
    const digits = hex.length === 3 ? [...hex].map((digit) => digit + digit) : hex.match(/../g)!;
    const [red, green, blue] = digits.map((pair) => parseInt(pair, 16));
    return [red!, green!, blue!];
  }
  const parts = /^rgba?\(\s*([\d.]+)[\s,]+([\d.]+)[\s,]+([\d.]+)/.exec(text.trim());
  return parts === null ? undefined : [Number(parts[1]), Number(parts[2]), Number(parts[3])];
}

/** Contrast of two colours, 1 … 21 (WCAG 2.2, contrast ratio). */
export function contrast(one: Rgb, other: Rgb): number {
  const [dark, light] = [luminance(one), luminance(other)].sort((first, second) => first - second);
  return (light! + 0.05) / (dark! + 0.05);
}

/** WCAG 2.2, relative luminance: 0 … 1. */
function luminance(colour: Rgb): number {
  const [red, green, blue] = colour.map((value) => {
    const share = value / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

/** The colour, drawn towards `foreground` just as far as it takes to stand out from `background`. */
export function withContrast(colour: Rgb, background: Rgb, foreground: Rgb, wanted: number): Rgb {
  for (let share = 0; share < 1; share += 0.1) {
    const mixed = mix(colour, foreground, share);
    if (contrast(mixed, background) >= wanted) return mixed;
  }
  return foreground;
}

export function mix(colour: Rgb, other: Rgb, share: number): Rgb {
  const [red, green, blue] = colour.map((value, index) =>
    Math.round(value + (other[index]! - value) * share),
  );
  return [red!, green!, blue!];
}

export function cssColour([red, green, blue]: Rgb): string {
  return `rgb(${red}, ${green}, ${blue})`;
}
