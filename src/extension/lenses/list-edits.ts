import { type Node, stripComments } from 'jsonc-parser';
import type { TextEdit } from '../common/recipe-text';

/** Puts an entry behind the last one of an object or a list, and behind what belongs to that one. */
export function append(text: string, container: Node, written: string): TextEdit[] {
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

/** Puts an entry of a list before the one that has its place now. */
export function insert(text: string, list: Node, place: number, written: string): TextEdit[] {
  const next = list.children?.[place];
  if (next === undefined) return append(text, list, written);
  const own = indentOf(text, next);
  const separator = own === undefined ? ' ' : `${lineBreak(text)}${own}`;
  return [{ start: next.offset, end: next.offset, text: `${written},${separator}` }];
}

/** Takes an entry out of a list that has it, with a comment behind it on its line. */
export function remove(text: string, list: Node, place: number): TextEdit[] {
  const entries = list.children!;
  const entry = entries[place]!;
  const [before, after] = [entries[place - 1], entries[place + 1]];
  const close = after?.offset ?? list.offset + list.length - 1;
  const comma = commaBehind(text, entry, close);
  const edits = [lineOr(text, entry, comma === undefined ? endOf(entry) : comma + 1)];
  const commaBefore = before && comma === undefined ? commaBehind(text, before, entry.offset) : undefined;
  if (commaBefore !== undefined) edits.unshift({ start: commaBefore, end: commaBefore + 1, text: '' });
  return edits;
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

export function lineBreak(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

export function indent(text: string, depth: number): string {
  return (/^([ \t]+)\S/m.exec(text)?.[1] ?? '  ').repeat(depth);
}
