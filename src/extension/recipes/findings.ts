import { findNodeAtOffset, type Node, parseTree } from 'jsonc-parser';
import { suggestionIn } from '../../common/suggest';
import type { Catalogue } from '../../recipe/catalogue';
import { parseRecipe } from '../../recipe/parse';
import { type Finding, RecipeError, type RecipeProblem } from '../../recipe/problem';
import { resolveRecipe } from '../../recipe/resolve';
import { locate, readSource } from '../../recipe/source';

/** Something wrong in the text of a recipe, at its place. */
export interface PlacedFinding {
  readonly path: string;
  readonly message: string;
  readonly code?: RecipeProblem['code'];
  /** Offsets in the text. */
  readonly start: number;
  readonly end: number;
  /** What to put there instead, where the message proposes a name. */
  readonly replacement?: { readonly text: string; readonly name: string };
}

/**
 * What is wrong with a recipe as far as its text and the files it names tell; no model is built. Undefined for what
 * is no JSON: the editor's JSON service says so.
 */
export function findingsIn(
  text: string,
  options: { readonly file: string; readonly workspace: string; readonly catalogue: Catalogue },
): PlacedFinding[] | undefined {
  if (!isJson(text)) return undefined;
  try {
    resolveRecipe(parseRecipe(text, options), options);
    return [];
  } catch (error) {
    if (error instanceof RecipeError) return place(text, error.problems);
    throw error;
  }
}

/** What was found elsewhere, at its place in a text that is JSON. */
export function placeFindings(text: string, file: string, findings: readonly Finding[]): PlacedFinding[] {
  if (findings.length === 0) return [];
  const source = readSource(text, file);
  return place(
    text,
    findings.map((finding) => locate(source, finding)),
  );
}

/** A problem's sentence without the command line's advice where the editor has a better one: a quick fix. */
export function inEditor({ message, code }: Pick<RecipeProblem, 'message' | 'code'>): string {
  return code === 'untrained-teacher' ? message.replace(/ with `.*`, then/s, ', then') : message;
}

function place(text: string, problems: readonly RecipeProblem[]): PlacedFinding[] {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  const lines = lineOffsets(text);
  return problems.map(({ path, message, code, line, column }) => {
    const start = Math.min((lines[line - 1] ?? 0) + column - 1, text.length);
    const node = tree && markedNode(findNodeAtOffset(tree, start));
    const replacement = node && replacementFor(node, message);
    return {
      path,
      message: inEditor({ message, ...(code && { code }) }),
      ...(code && { code }),
      ...(node === undefined ? { start, end: start + 1 } : rangeOf(node)),
      ...(replacement && { replacement }),
    };
  });
}

/** What is about a whole object (a key that it lacks) marks the object's own key, not all of its lines. */
function markedNode(node: Node | undefined): Node | undefined {
  if (node?.type !== 'object' && node?.type !== 'array') return node;
  return node.parent?.type === 'property' ? node.parent.children![0] : node;
}

function rangeOf(node: Node): { start: number; end: number } {
  const isContainer = node.type === 'object' || node.type === 'array';
  return { start: node.offset, end: node.offset + (isContainer ? 1 : node.length) };
}

/** The node's text with the name that a message calls wrong replaced by the one it proposes. */
function replacementFor(node: Node, message: string): PlacedFinding['replacement'] {
  const name = suggestionIn(message);
  if (name === undefined || node.type !== 'string') return undefined;
  const value = node.value as string;
  const complaint = message.slice(0, message.indexOf('; did you mean'));
  const quoted = [...complaint.matchAll(/"([^"]+)"/g)].map((match) => match[1]!);
  // "there is no file /home/me/models/resnte.ts"
  const file = /^there is no (?:file|file or folder) .*?([^/\\]+)$/.exec(complaint)?.[1];
  const wrong = [...quoted, file].find((each) => each !== undefined && value.includes(each)) ?? value;
  const at = value.lastIndexOf(wrong);
  return { text: JSON.stringify(value.slice(0, at) + name + value.slice(at + wrong.length)), name };
}

function isJson(text: string): boolean {
  const errors: { error: number }[] = [];
  parseTree(text, errors as never, { allowTrailingComma: true });
  return errors.length === 0 && text.trim() !== '';
}

function lineOffsets(text: string): number[] {
  return [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map((end) => end.index + end[0].length)];
}
