/**
 * Reading a million JSON lines by `JSON.parse` takes seconds. But nearly all lines of a metrics file are alike except
 * for their numbers: once one was parsed and found valid, those of its shape are only matched against it.
 */
export interface LineShape {
  /** The bytes before each number, and those after the last. */
  readonly literals: readonly Uint8Array[];
  /** Where each number stands in the line: `step`, `terms.task`. */
  readonly paths: readonly string[];
}

const DOT = 0x2e;
const MINUS = 0x2d;
const PLUS = 0x2b;
const ZERO = 0x30;
const NINE = 0x39;
const E = 0x65;
const LARGEST_POWER = 22;
/** Powers of ten that are exact. */
const POWERS = Float64Array.from({ length: LARGEST_POWER + 1 }, (_, power) => Number(`1e${power}`));

/** The shape of a valid JSON line of objects, texts and numbers; undefined where it holds an array. */
export function shapeOf(line: string): LineShape | undefined {
  const tokens = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|[{}[\]:,]|[a-z]+/g;
  const literals: Uint8Array[] = [];
  const paths: string[] = [];
  const keys: string[] = [];
  let key = '';
  let end = 0;
  for (const { 0: token, index } of line.matchAll(tokens)) {
    if (token === '[') return undefined;
    if (token.startsWith('"')) key = JSON.parse(token) as string;
    else if (token === '{') keys.push(key);
    else if (token === '}') keys.pop();
    else if (/^[-\d]/.test(token)) {
      literals.push(Buffer.from(line.slice(end, index)));
      paths.push([...keys.slice(1), key].join('.'));
      end = index + token.length;
    }
  }
  return { literals: [...literals, Buffer.from(line.slice(end))], paths };
}

/**
 * Matches bytes from `start` to `end` with a shape and gives the numbers in `values`, in the order of its paths. They are
 * right to some 4e-16 of their size: that is for charts, not for copies.
 */
export function matchLine(
  { literals }: LineShape,
  bytes: Uint8Array,
  start: number,
  end: number,
  values: Float64Array,
): boolean {
  const last = literals.length - 1;
  let at = start;
  for (let slot = 0; ; slot++) {
    const literal = literals[slot]!;
    if (at + literal.length > end) return false;
    for (let index = 0; index < literal.length; index++) {
      if (bytes[at++] !== literal[index]) return false;
    }
    if (slot === last) return at === end;

    const isNegative = bytes[at] === MINUS;
    if (isNegative) at++;
    const first = at;
    let mantissa = 0;
    let byte = bytes[at]!;
    while (byte >= ZERO && byte <= NINE) {
      mantissa = mantissa * 10 + (byte - ZERO);
      byte = bytes[++at]!;
    }
    if (at === first || (at > first + 1 && bytes[first] === ZERO)) return false;
    let power = 0;
    if (byte === DOT) {
      const point = at;
      byte = bytes[++at]!;
      while (byte >= ZERO && byte <= NINE) {
        mantissa = mantissa * 10 + (byte - ZERO);
        byte = bytes[++at]!;
      }
      power = point + 1 - at;
      if (power === 0) return false;
    }
    if ((byte | 0x20) === E) {
      byte = bytes[++at]!;
      const isBelow = byte === MINUS;
      if (isBelow || byte === PLUS) byte = bytes[++at]!;
      const begin = at;
      let exponent = 0;
      while (byte >= ZERO && byte <= NINE) {
        exponent = exponent * 10 + (byte - ZERO);
        byte = bytes[++at]!;
      }
      if (at === begin) return false;
      power += isBelow ? -exponent : exponent;
    }
    const value = scale(mantissa, power);
    if (!Number.isFinite(value)) return false;
    values[slot] = isNegative ? -value : value;
  }
}

function scale(mantissa: number, power: number): number {
  if (power === 0) return mantissa;
  if (power < 0 && power >= -LARGEST_POWER) return mantissa / POWERS[-power]!;
  if (power > 0 && power <= LARGEST_POWER) return mantissa * POWERS[power]!;
  return Number(`${mantissa}e${power}`);
}
