import type { ImageShape } from '../../recipe/image-shape';

/** What a builder is called with. */
export interface ModelInput extends ImageShape {
  readonly args: Readonly<Record<string, unknown>>;
}

export const DEFAULT_INPUT: ModelInput = { inputShape: [28, 28, 1], classes: 10, args: {} };

/** `28×28×1, 10 classes`, and the further arguments as JSON where there are any. */
export function formatInput({ inputShape, classes, args }: ModelInput): string {
  const further = Object.keys(args).length === 0 ? '' : `, ${JSON.stringify(args)}`;
  return `${inputShape.join('×')}, ${classes} classes${further}`;
}

/** Reads what `formatInput` writes, and what people type for it: `32x32x3 100`. Undefined for anything else. */
export function parseInput(text: string): ModelInput | undefined {
  const sides = String.raw`(\d{1,5})\s*[x×*]\s*(\d{1,5})\s*[x×*]\s*(\d{1,5})`;
  const match = new RegExp(
    `^\\s*${sides}\\s*[,;→\\s]\\s*(\\d{1,6})(?:\\s*classes)?\\s*(?:,?\\s*(\\{.*\\}))?\\s*$`,
    's',
  ).exec(text);
  if (!match) return undefined;
  const [height, width, channels, classes] = match.slice(1, 5).map(Number) as [
    number,
    number,
    number,
    number,
  ];
  if ([height, width, channels, classes].includes(0)) return undefined;
  const args = parseArgs(match[5]);
  return args && { inputShape: [height, width, channels], classes, args };
}

function parseArgs(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return {};
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
