import {
  type Node,
  type ParseError,
  findNodeAtLocation,
  getNodeValue,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { type KeyPath, formatKeyPath, parseKeyPath, startsWith } from './key-path';
import { type Override, applyOverrides, parseOverride } from './overrides';
import { type Finding, RecipeError, type RecipeProblem } from './problem';

/** The text of a recipe, what it says, and where each part of it stands. */
export interface RecipeSource {
  readonly file: string;
  readonly text: string;
  readonly tree: Node;
  readonly overrides: readonly Override[];
  /** What the text says, with the overrides put in. */
  readonly value: unknown;
}

const syntaxMessages: Record<string, string> = {
  InvalidNumberFormat: 'this is not a number',
  PropertyNameExpected: 'a key in double quotes should stand here',
  ValueExpected: 'a value should stand here',
  ColonExpected: 'a colon should stand here',
  CommaExpected: 'a comma should stand here',
  CloseBraceExpected: 'a closing brace } should stand here',
  CloseBracketExpected: 'a closing bracket ] should stand here',
  EndOfFileExpected: 'nothing may follow the end of the recipe',
  UnexpectedEndOfComment: 'this comment has no end',
  UnexpectedEndOfString: 'this string has no end',
  UnexpectedEndOfNumber: 'this number has no end',
  InvalidUnicode: 'this is not a Unicode escape; write it like \\u00e9',
  InvalidEscapeCharacter: 'this is not an escape; write a backslash as \\\\',
  InvalidCharacter: 'this character may not stand in a string',
};

/**
 * Reads JSON with comments and trailing commas. Throws `RecipeError` at the first syntax error (later ones
 * mostly follow from it) or at keys given twice, `InputError` for an override that cannot be put in.
 */
export function readSource(text: string, file: string, overrides: readonly string[] = []): RecipeSource {
  try {
    const tree = parseText(text, file);
    const parsed = overrides.map(parseOverride);
    return { file, text, tree, overrides: parsed, value: applyOverrides(getNodeValue(tree), parsed) };
  } catch (error) {
    // The stack's end: a bracket in a bracket, thousands of times.
    if (!(error instanceof RangeError)) throw error;
    throw new RecipeError([{ path: '', message: 'nested too deeply', file, line: 1, column: 1 }]);
  }
}

function parseText(text: string, file: string): Node {
  const errors: ParseError[] = [];
  const tree = parseTree(text.replace(/^\uFEFF/, ' '), errors, { allowTrailingComma: true });
  const error = errors[0];
  if (error !== undefined || tree === undefined) {
    const expected = (error && syntaxMessages[printParseErrorCode(error.error)]) ?? 'this is not JSON';
    const message = `syntax error: ${expected}`;
    throw new RecipeError([{ path: '', message, file, ...placeAt(text, error?.offset ?? 0) }]);
  }
  const repeated = repeatedKeys(tree, []).map(({ path, first, again }) => ({
    path: formatKeyPath(path),
    message: `given twice, first in line ${placeAt(text, first.offset).line}; keep one`,
    file,
    ...placeAt(text, again.offset),
  }));
  if (repeated.length > 0) throw new RecipeError(repeated);
  return tree;
}

/** A finding with its place: that of the nearest part of the text that holds it. */
export function locate(source: RecipeSource, finding: Finding): RecipeProblem {
  const path = parseKeyPath(finding.path);
  if (path === undefined) throw new Error(`Not a key path: ${finding.path}`);
  let length = path.length;
  let node = findNodeAtLocation(source.tree, [...path]);
  const isWritten = node !== undefined;
  while (node === undefined && length > 0) node = findNodeAtLocation(source.tree, path.slice(0, --length));
  if (finding.about === 'key' && node?.parent?.type === 'property') node = node.parent;

  const override = source.overrides.findLast(
    (each) => startsWith(path, each.path) || (!isWritten && startsWith(each.path, path)),
  );
  return {
    path: finding.path,
    message: finding.message,
    file: source.file,
    ...placeAt(source.text, node?.offset ?? 0),
    ...(override && { override: override.text }),
    ...(finding.code && { code: finding.code }),
  };
}

function placeAt(text: string, offset: number): { line: number; column: number } {
  const lines = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: lines.length, column: lines.at(-1)!.length + 1 };
}

interface RepeatedKey {
  readonly path: KeyPath;
  readonly first: Node;
  readonly again: Node;
}

function repeatedKeys(node: Node, path: KeyPath): RepeatedKey[] {
  if (node.type === 'array') {
    return (node.children ?? []).flatMap((child, index) => repeatedKeys(child, [...path, index]));
  }
  const seen = new Map<string, Node>();
  return (node.children ?? []).flatMap((property) => {
    const [keyNode, valueNode] = property.children ?? [];
    if (keyNode === undefined || valueNode === undefined) return [];
    const key = keyNode.value as string;
    const below = repeatedKeys(valueNode, [...path, key]);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, keyNode);
    return first === undefined ? below : [{ path: [...path, key], first, again: keyNode }, ...below];
  });
}
