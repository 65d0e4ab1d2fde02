import { isDeepStrictEqual } from 'node:util';
import { findNodeAtLocation, getNodeValue, type Node, type ParseError, parseTree } from 'jsonc-parser';
import { InputError } from '../../common/errors';
import type { NewHook } from '../common/new-hook';
import { print } from '../common/print-recipe';
import type { Role, TextEdit } from '../common/recipe-text';
import { append, indent, insert, lineBreak, remove } from './list-edits';
import { isPaired, type WrittenHook } from './recipe-hooks';

/**
 * Edits of a recipe's text that add a hook behind its others, written as they are: on a line of its own where they
 * have one. Comments stay. Throws `InputError` for a text that is no JSON.
 */
export function addHook(text: string, hook: NewHook): TextEdit[] {
  const tree = parseWhole(text);
  const written = writtenHook(text, hook);
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
  if (list?.children?.[index] === undefined) throw new InputError(`The recipe has no hook ${index + 1}`);
  return remove(text, list, index);
}

/** A layer to be hooked, and its place among those that are. */
export interface AddedLayer {
  readonly layer: string;
  readonly place: number;
}

export type AddedLayers = Readonly<Partial<Record<Role, AddedLayer>>>;

/** Edits that add layers to a hook on several. Throws `InputError` where the text has the hook no more. */
export function addLayers(text: string, hook: WrittenHook, added: AddedLayers): TextEdit[] {
  return sides.flatMap((side) => {
    const one = added[side];
    if (one === undefined) return [];
    return insert(text, layersIn(text, hook, side), one.place, JSON.stringify(one.layer));
  });
}

/**
 * Edits that take a layer out of a hook on several, with its partner where the lists make pairs. Throws `InputError`
 * where the text has the hook no more.
 */
export function removeLayer(text: string, hook: WrittenHook, side: Role, layer: string): TextEdit[] {
  const place = hook[side].indexOf(layer);
  const losing = isPaired(hook) ? sides : [side];
  return losing.flatMap((one) => remove(text, layersIn(text, hook, one), place));
}

const sides = ['student', 'teacher'] as const;

/** The list of a hook's layers; the recipe may have been edited since the hook was read. */
function layersIn(text: string, { index, method, ...hook }: WrittenHook, side: Role): Node {
  const node = findNodeAtLocation(parseWhole(text), ['hooks', index]);
  const list = node && findNodeAtLocation(node, [side]);
  const name = node && findNodeAtLocation(node, ['method']);
  const isThere = name !== undefined && getNodeValue(name) === method;
  if (isThere && list && isDeepStrictEqual(getNodeValue(list), hook[side])) return list;
  throw new InputError(`The recipe's hook ${index + 1} has been changed meanwhile: choose the layer again`);
}

function parseWhole(text: string): Node {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  if (tree?.type === 'object' && errors.length === 0) return tree;
  const line = text.slice(0, errors[0]?.offset ?? 0).split('\n').length;
  throw new InputError(`The recipe is no JSON yet, see line ${line}: mend it first`);
}

/** `{ "method": "tat", "weight": 0.1 }`, on several lines where one would be too long. */
function writtenHook(text: string, { method, from, student, teacher, weight }: NewHook): string {
  const lines = print({ method, from, student, teacher, weight }, 4, 4);
  return lines.replace(/\n( *)/g, (_, { length }: string) => `${lineBreak(text)}${indent(text, length / 2)}`);
}
