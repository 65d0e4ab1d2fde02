import { getLocation, type JSONPath } from 'jsonc-parser';

/** A string of the recipe: where it stands among the keys, what it says, its range with the quotes. */
export interface StringPlace {
  readonly path: JSONPath;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/** The string value that an offset is in, or the empty place after a colon. */
export function stringAt(text: string, offset: number): StringPlace | undefined {
  const { path, previousNode, isAtPropertyKey } = getLocation(text, offset);
  if (isAtPropertyKey) return undefined;
  const isInside =
    previousNode?.type === 'string' &&
    previousNode.offset < offset &&
    offset <= previousNode.offset + previousNode.length;
  if (!isInside) return { path, value: '', start: offset, end: offset };
  const { offset: start, length } = previousNode;
  return { path, value: String(previousNode.value ?? ''), start, end: start + length };
}
