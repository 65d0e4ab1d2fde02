/** Numbers as people read them. Accuracies and gaps are given as fractions, 0 … 1, times in seconds. */

/** A fraction in percent: `86.4 %`. */
export function percent(fraction: number, digits = 1): string {
  return `${points(fraction, digits)} %`;
}

/** A fraction in percentage points, without the sign of percent: `86.4`. */
export function points(fraction: number, digits = 1): string {
  return withoutNegativeZero((fraction * 100).toFixed(digits));
}

/** `83.1 ± 1.0`, or `83.1` where nothing is known about the spread. */
export function pointsWithSpread(fraction: number, spread?: number): string {
  return spread === undefined ? points(fraction) : `${points(fraction)} ± ${points(spread)}`;
}

/** A difference of two fractions: `+3.2 ± 0.5`. */
export function signedPoints(difference: number, standardError?: number): string {
  const text = pointsWithSpread(difference, standardError);
  return text.startsWith('-') ? text : `+${text}`;
}

/** A loss or another number of unknown size, with three digits that count: `0.412`, `12.3`, `4.1e-5`. */
export function significant(value: number): string {
  const size = Math.abs(value);
  if (size === 0 || !Number.isFinite(value)) return String(value);
  if (size < 0.001 || size >= 1e6) return value.toExponential(1);
  return value.toFixed(size < 10 ? 3 : size < 100 ? 1 : 0);
}

/** Time that something takes: `40 s`, `2 m 10 s`, `1 h 5 m`, `2 d 3 h`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} m ${whole % 60} s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} m`;
  return `${Math.floor(whole / 86400)} d ${Math.floor((whole % 86400) / 3600)} h`;
}

/** Time in a table: `0:40`, `12:05`, `1:02:03`. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value: number): string => String(value).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** How long ago something was: `just now`, `12 min ago`, `3 h ago`, `2 d ago`. */
export function ago(then: Date, now: Date = new Date()): string {
  const minutes = Math.floor((now.getTime() - then.getTime()) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ago`;
  return `${Math.floor(minutes / (24 * 60))} d ago`;
}

/** Epochs may be parts: `6`, `6.5`. */
export function epochText(value: number): string {
  return String(Number(value.toFixed(1)));
}

/** `512 B`, `1.5 KiB`, `38.6 MiB`, `1.2 GiB`. */
export function bytes(count: number): string {
  return scaled(count, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB']);
}

/** Floating-point operations: `1.8 MFLOPs`. */
export function flops(count: number): string {
  return scaled(count, 1000, ['FLOPs', 'kFLOPs', 'MFLOPs', 'GFLOPs', 'TFLOPs']);
}

/** A whole number with its thousands apart: `272,474`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}

/** The shape of a tensor: `7×7×64`; `?` where a size is not fixed. */
export function shape(sizes: readonly (number | null)[]): string {
  return sizes.map((size) => size ?? '?').join('×');
}

/** `1 run`, `3 runs`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
}

function scaled(value: number, base: number, units: readonly string[]): string {
  let size = value;
  let unit = 0;
  // 1023.96 would read "1024.0 KiB": what rounds up to the base belongs to the next unit.
  while (Number(size.toFixed(1)) >= base && unit < units.length - 1) {
    size /= base;
    unit += 1;
  }
  return `${unit === 0 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

function withoutNegativeZero(text: string): string {
  return /^-0(\.0*)?$/.test(text) ? text.slice(1) : text;
}
