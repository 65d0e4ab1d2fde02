import * as path from 'node:path';
import { findNodeAtLocation, getNodeValue, type Node } from 'jsonc-parser';
import { modelOf, readRecipeText, type Role, sourceOf } from '../common/recipe-text';
import { resolveWritten } from '../common/written-references';
import type { DataSource, ModelReference } from '../../recipe/schema';
import { workspacePath } from '../../recipe/workspace';

/** A hook as far as it is typed. */
export interface WrittenHook {
  readonly index: number;
  readonly method: string;
  readonly student?: string;
  readonly teacher?: string;
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
  readonly teacher?: WrittenModel;
  /** As a resolved recipe names it. */
  readonly source?: DataSource;
  readonly hooks: readonly WrittenHook[];
}

/** Reads the hooks of a recipe in `file`; it may be half typed. */
export function readHooks(text: string, file: string, workspace: string): RecipeHooks {
  const recipe = readRecipeText(text);
  const model = (role: Role): WrittenModel | undefined => {
    const written = modelOf(recipe, role);
    const resolved = written && resolveWritten(written.model, path.dirname(file), workspace);
    if (written === undefined || resolved === undefined) return undefined;
    const { args, imageSize } = written;
    return { model: resolved, args: { ...args }, ...(imageSize && { imageSize }) };
  };
  const [student, teacher] = [model('student'), model('teacher')];
  const written = sourceOf(recipe);
  const source = written && resolvedSource(written, path.dirname(file), workspace);
  const list = recipe.tree && findNodeAtLocation(recipe.tree, ['hooks']);
  return {
    ...(student && { student }),
    ...(teacher && { teacher }),
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
  const { method, student, teacher, weight } = value;
  if (typeof method !== 'string') return undefined;
  return {
    index,
    method,
    ...(typeof student === 'string' && { student }),
    ...(typeof teacher === 'string' && { teacher }),
    ...(typeof weight === 'number' && { weight }),
    offset: node.offset,
    length: node.length,
  };
}

/** The roles that a builder of the workspace has in a recipe; both where a network learns from a larger self. */
export function rolesOf({ student, teacher }: RecipeHooks, reference: string): Role[] {
  const roles: Role[] = [];
  if (student?.model === reference) roles.push('student');
  if (teacher?.model === reference) roles.push('teacher');
  return roles;
}

/** The hooks on a layer of the student or the teacher. */
export function hooksOn({ hooks }: RecipeHooks, role: Role, layer: string): WrittenHook[] {
  return hooks.filter((hook) => hook[role] === layer);
}

/** `tat ← teacher:stage3, weight 0.1`, as seen from a layer of `role`. */
export function describeHook({ method, weight, ...layers }: WrittenHook, role: Role): string {
  const [arrow, other] = role === 'student' ? (['←', 'teacher'] as const) : (['→', 'student'] as const);
  const weightText = weight === undefined ? '' : `, weight ${weight}`;
  return `${method} ${arrow} ${other}:${layers[other] ?? '?'}${weightText}`;
}
