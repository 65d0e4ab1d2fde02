import * as path from 'node:path';
import { findNodeAtLocation, getNodeValue, type Node } from 'jsonc-parser';
import {
  modelOf,
  type ModelPath,
  namesIn,
  readRecipeText,
  type Role,
  sourceOf,
  teacherPaths,
} from '../common/recipe-text';
import { resolveWritten } from '../common/written-references';
import type { CatalogueMethod, HookKind } from '../../recipe/catalogue';
import { loadCatalogue } from '../../recipe/load-catalogue';
import type { DataSource, ModelReference } from '../../recipe/schema';
import { STUDENT, TEACHER } from '../../recipe/teachers';
import { workspacePath } from '../../recipe/workspace';

/** A hook as far as it is typed. */
export interface WrittenHook {
  readonly index: number;
  readonly method: string;
  /** The layers of each side; several are the layers of one hook or, pair by pair, of several. */
  readonly student: readonly string[];
  readonly teacher: readonly string[];
  /** Names of those whom it learns from. */
  readonly from: readonly string[];
  readonly weight?: number;
  /** Where it stands in the text. */
  readonly offset: number;
  readonly length: number;
}

export interface WrittenModel extends Pick<ModelReference, 'imageSize'> {
  /** With paths from the workspace. */
  readonly model: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What a recipe says about models and hooks, as far as it is typed: nothing of it is checked. */
export interface RecipeHooks {
  readonly student?: WrittenModel;
  /** All models that hooks can learn from, by name; the student too. */
  readonly sources: Readonly<Record<string, WrittenModel>>;
  /** As a resolved recipe names it. */
  readonly source?: DataSource;
  readonly hooks: readonly WrittenHook[];
}

/** Reads the hooks of a recipe in `file`; it may be half typed. */
export function readHooks(text: string, file: string, workspace: string): RecipeHooks {
  const recipe = readRecipeText(text);
  const model = (at: Role | ModelPath): WrittenModel | undefined => {
    const written = modelOf(recipe, at);
    const resolved = written && resolveWritten(written.model, path.dirname(file), workspace);
    if (written === undefined || resolved === undefined) return undefined;
    const { args, imageSize } = written;
    return { model: resolved, args: { ...args }, ...(imageSize && { imageSize }) };
  };
  const student = model('student');
  const written = sourceOf(recipe);
  const source = written && resolvedSource(written, path.dirname(file), workspace);
  const list = recipe.tree && findNodeAtLocation(recipe.tree, ['hooks']);
  return {
    ...(student && { student }),
    sources: Object.fromEntries(
      [[STUDENT], ...teacherPaths(recipe)].flatMap((at) => {
        const found = model(at);
        return found ? [[at.at(-1)!, found]] : [];
      }),
    ),
    ...(source && { source }),
    hooks: (list?.type === 'array' ? (list.children ?? []) : []).flatMap(
      (node, index) => hookAt(node, index) ?? [],
    ),
  };
}

function resolvedSource(source: DataSource, folder: string, workspace: string): DataSource {
  if (typeof source.path !== 'string') return source;
  return { ...source, path: workspacePath(workspace, path.resolve(folder, source.path)) };
}

function hookAt(node: Node, index: number): WrittenHook | undefined {
  if (node.type !== 'object') return undefined;
  const value = getNodeValue(node) as Record<string, unknown>;
  const { method, student, teacher, from, weight } = value;
  if (typeof method !== 'string') return undefined;
  return {
    index,
    method,
    student: namesIn(student),
    teacher: namesIn(teacher),
    from: namesIn(from, TEACHER),
    ...(typeof weight === 'number' && { weight }),
    offset: node.offset,
    length: node.length,
  };
}

/** The model of a recipe that a builder of the workspace is, the student before teachers. */
export function modelMadeBy({ sources }: RecipeHooks, reference: string): WrittenModel | undefined {
  return Object.values(sources).find(({ model }) => model === reference);
}

/** The roles that a builder of the workspace has in a recipe; both where a network learns from a larger self. */
export function rolesOf({ student, sources }: RecipeHooks, reference: string): Role[] {
  const isTeacher = Object.entries(sources).some(
    ([name, { model }]) => name !== STUDENT && model === reference,
  );
  return [
    ...(student?.model === reference ? (['student'] as const) : []),
    ...(isTeacher ? (['teacher'] as const) : []),
  ];
}

/** A hook's side at a layer. */
export interface HookSide {
  readonly hook: WrittenHook;
  readonly side: Role;
}

/** The hooks on a layer of a model that has a role; on a student that learns from itself, on both of its sides. */
export function hooksOn(
  { hooks, sources }: Pick<RecipeHooks, 'hooks' | 'sources'>,
  { role, reference }: { readonly role: Role; readonly reference: string },
  layer: string,
): HookSide[] {
  const isSource = (name: string): boolean =>
    role === 'student' ? name === STUDENT : name !== STUDENT && sources[name]?.model === reference;
  return hooks.flatMap((hook) => [
    ...(role === 'student' && hook.student.includes(layer) ? [{ hook, side: 'student' as const }] : []),
    ...(hook.teacher.includes(layer) && hook.from.some(isSource) ? [{ hook, side: 'teacher' as const }] : []),
  ]);
}

/**
 * `tat ← teacher:stage3, weight 0.1`, as seen from a layer on one of its sides; of a method on several layers also
 * which of them it is: `fsp (2 of 3) ← teacher:stage1…stage3`.
 */
export function describeHook({ hook, side }: HookSide, layer: string): string {
  const { method, weight, from } = hook;
  const [arrow, other, name] =
    side === 'student' ? (['←', 'teacher', from.join('+')] as const) : (['→', 'student', STUDENT] as const);
  const own = hook[side];
  const place = isOnSeveral(hook) && own.length > 1 ? ` (${own.indexOf(layer) + 1} of ${own.length})` : '';
  const weightText = weight === undefined ? '' : `, weight ${weight}`;
  return `${method}${place} ${arrow} ${name}:${partnersOf({ hook, side }, layer, other)}${weightText}`;
}

/** Of lists that make pairs the layer's partner, else all that is hooked on the other side: of many the ends. */
function partnersOf({ hook, side }: HookSide, layer: string, other: Role): string {
  const partners = hook[other];
  const isOne = partners.length > 1 && methodNamed(hook.method)?.layers === 'one';
  if (isOne) return partners[hook[side].indexOf(layer)] || '?';
  return (partners.length > 2 ? `${partners[0]}…${partners.at(-1)}` : partners.join('+')) || '?';
}

/** Whether a hook's method compares several layers at once. */
export function isOnSeveral({ method }: WrittenHook): boolean {
  return methodNamed(method)?.layers === 'several';
}

/** Whether each layer of a hook on several has a partner, at its place in the other list. */
export function isPaired({ student, teacher }: WrittenHook): boolean {
  return student.length === teacher.length;
}

/** Whether a layer can go, with its partner, and leave a hook on at least two. */
export function canLoseLayer(hook: WrittenHook, side: Role): boolean {
  return hook[side].length > 2;
}

/** The hooks on several layers of a kind, from a source, that a layer of one side can be added to. */
export function hooksToJoin(
  { hooks }: Pick<RecipeHooks, 'hooks'>,
  { source, side, layer, kind }: { source: string; side: Role; layer: string; kind: HookKind | undefined },
): WrittenHook[] {
  return hooks.filter(
    (hook) =>
      isOnSeveral(hook) &&
      methodNamed(hook.method)?.hooks === kind &&
      hook.from.includes(source) &&
      hook.student.length > 1 &&
      hook.teacher.length > 1 &&
      !hook[side].includes(layer),
  );
}

function methodNamed(name: string): CatalogueMethod | undefined {
  return loadCatalogue().methods.find((method) => method.name === name);
}
