import { findNodeAtLocation, type Node, type ParseError, parseTree, stripComments } from 'jsonc-parser';
import { InputError } from '../../common/errors';
import type { TextEdit } from '../common/recipe-text';

export interface NewHook {
  readonly method: string;
  readonly student: string;
  readonly teacher: string;
  /** Left out for the teacher at `teacher`. */
  readonly from?: string;
  readonly weight: number;
}

/**
 * Edits of a recipe's text that add a hook behind its others, written as they are: on a line of its own where they
 * have one. Comments stay. Throws `InputError` for a text that is no JSON.
 */
export function addHook(text: string, hook: NewHook): TextEdit[] {
  const tree = parseWhole(text);
  const written = oneLine(hook);
  const list = findNodeAtLocation(tree, ['hooks']);
  if (list === undefined) {
    const [open, close] = [`${lineBreak(text)}${indent(text, 2)}`, `${lineBreak(text)}${indent(text, 1)}`];
    return append(text, tree, `"hooks": [${open}${written}${close}]`);
  }
  if (list.type === 'array') return append(text, list, written);
  throw new InputError('The recipe\'s "hooks" is no list: write it as [ … ] first');
}

/**
 * Edits that remove a hook, with a comment behind it on its line. Throws `InputError` for a text that is no JSON, or
 * has no such hook.
 */
export function removeHook(text: string, index: number): TextEdit[] {
  const list = findNodeAtLocation(parseWhole(text), ['hooks']);
  const hooks = list?.children ?? [];
  const hook = hooks[index];
  if (hook === undefined) throw new InputError(`The recipe has no hook ${index + 1}`);
  const [before, after] = [hooks[index - 1], hooks[index + 1]];
  const close = after?.offset ?? list!.offset + list!.length - 1;
  const comma = commaBehind(text, hook, close);
  const edits = [lineOr(text, hook, comma === undefined ? endOf(hook) : comma + 1)];
  const comma2 = before && comma === undefined ? commaBehind(text, before, hook.offset) : undefined;
  if (comma2 !== undefined) edits.unshift({ start: comma2, end: comma2 + 1, text: '' });
  return edits;
}

/** Puts an entry behind the last one of an object or a list, and behind what belongs to that one. */
function append(text: string, container: Node, written: string): TextEdit[] {
  const close = container.offset + container.length - 1;
  const last = container.children?.at(-1);
  const start = last ? endOf(last) : container.offset + 1;
  const place = start + text.slice(start, close).trimEnd().length;
  if (!last) {
    const [entry, end] = container.type === 'array' ? [2, 1] : [1, 0];
    const line = `${lineBreak(text)}${indent(text, entry)}${written}${lineBreak(text)}${indent(text, end)}`;
    return [{ start: place, end: close, text: line }];
  }
  const own = indentOf(text, last);
  const hasComma = commaBehind(text, last, close) !== undefined;
  const separator = own === undefined ? ' ' : `${lineBreak(text)}${own}`;
  const added = { start: place, end: place, text: `${separator}${written}${hasComma ? ',' : ''}` };
  if (hasComma) return [added];
  // One edit where both are at one place: their order would be open.
  return place === start ? [{ ...added, text: `,${added.text}` }] : [{ start, end: start, text: ',' }, added];
}

/** The whole line of an entry that has one of its own, up to its comment; else the entry and the space behind it. */
function lineOr(text: string, entry: Node, end: number): TextEdit {
  const own = indentOf(text, entry);
  const rest = /^[^\S\r\n]*(?:\/\/[^\r\n]*)?(?=\r?\n|$)/.exec(text.slice(end));
  if (own === undefined || rest === null) {
    const [after, before] = [/^[^\S\r\n]*/, /[^\S\r\n]*$/];
    const isLast = end === endOf(entry);
    const start = isLast ? entry.offset - before.exec(text.slice(0, entry.offset))![0].length : entry.offset;
    return { start, end: end + after.exec(text.slice(end))![0].length, text: '' };
  }
  const lineStart = entry.offset - own.length;
  const start = lineStart - (/\r?\n$/.exec(text.slice(0, lineStart))?.[0].length ?? 0);
  return { start, end: end + rest[0].length, text: '' };
}

/** What stands before an entry on its line, if that is only space. */
function indentOf(text: string, entry: Node): string | undefined {
  const before = text.slice(text.lastIndexOf('\n', entry.offset) + 1, entry.offset);
  return /^\s*$/.test(before) && entry.offset > before.length ? before : undefined;
}

/** Where the comma behind an entry stands, if there is one before `limit`. */
function commaBehind(text: string, entry: Node, limit: number): number | undefined {
  const index = stripComments(text.slice(endOf(entry), limit), ' ').indexOf(',');
  return index < 0 ? undefined : endOf(entry) + index;
}

function endOf({ offset, length }: Node): number {
  return offset + length;
}

function parseWhole(text: string): Node {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  if (tree?.type === 'object' && errors.length === 0) return tree;
  const line = text.slice(0, errors[0]?.offset ?? 0).split('\n').length;
  throw new InputError(`The recipe is no JSON yet, see line ${line}: mend it first`);
}

/** `{ "method": "tat", "weight": 0.1 }` */
function oneLine(hook: NewHook): string {
  const { method, student, teacher, from, weight } = hook;
  const named = from === undefined ? {} : { from };
  const entries = Object.entries({ method, ...named, student, teacher, weight });
  return `{ ${entries.map(([key, value]) => `${JSON.stringify(key)}: ${JSON.stringify(value)}`).join(', ')} }`;
}

function lineBreak(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

function indent(text: string, depth: number): string {
  return (/^([ \t]+)\S/m.exec(text)?.[1] ?? '  ').repeat(depth);
}
