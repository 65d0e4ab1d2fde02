/** A sentence with the place it begins with, `models/resnet.ts:12:5: …`. */
export interface PlacedMessage {
  /** Relative to the workspace, with `/`. */
  readonly file?: string;
  /** From 0. */
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
}

/** Takes the place off an error of the inspector. */
export function placeOf(message: string): PlacedMessage {
  const [, file, line, column, rest] = /^([^\s:][^:\n]*):(\d+):(\d+): (.+)$/s.exec(message) ?? [];
  if (file === undefined) return { message };
  return {
    file: file.replaceAll('\\', '/'),
    line: Math.max(0, Number(line) - 1),
    column: Math.max(0, Number(column) - 1),
    message: rest!,
  };
}
