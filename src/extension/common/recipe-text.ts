import { findNodeAtLocation, getNodeValue, type JSONPath, modify, type Node, parseTree } from 'jsonc-parser';
import type { TeacherClassifier } from '../../recipe/classifier-schema';
import type { DataSource, Student } from '../../recipe/schema';
import { STUDENT, TEACHER } from '../../recipe/teachers';

/** What a recipe says, as far as it is typed: nothing of it is checked, parts may be missing or of another type. */
export interface RecipeText {
  readonly tree: Node | undefined;
  readonly value: unknown;
}

export type Role = 'student' | 'teacher';

/** Reads on past what is no JSON yet. */
export function readRecipeText(text: string): RecipeText {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  return { tree, value: tree && getNodeValue(tree) };
}

export function valueAt({ tree }: RecipeText, path: JSONPath): unknown {
  const node = tree && findNodeAtLocation(tree, path);
  return node && (getNodeValue(node) as unknown);
}

/** Where a model stands in a recipe: `['student']`, `['teacher']`, `['teachers', 'deep']`. */
export type ModelPath = readonly string[];

/** The model at a place, where one is named. */
export function modelOf(recipe: RecipeText, at: Role | ModelPath): Student | undefined {
  const path = [at].flat();
  const model = valueAt(recipe, [...path, 'model']);
  const weights = valueAt(recipe, [...path, 'weights']);
  const imageSize = valueAt(recipe, [...path, 'imageSize']);
  const teacherClassifier = classifierIn(valueAt(recipe, [...path, 'teacherClassifier']));
  if (typeof model !== 'string' || model === '') return undefined;
  return {
    model,
    args: objectOrNone(valueAt(recipe, [...path, 'args'])),
    weights: typeof weights === 'string' ? weights : null,
    ...(isSize(imageSize) && { imageSize }),
    ...(teacherClassifier && { teacherClassifier }),
  };
}

/** With its defaults; undefined where it is not there as a whole yet. */
function classifierIn(value: unknown): TeacherClassifier | undefined {
  const { after, factor = 2, pool = 1 } = objectOrNone(value);
  const isCount = (given: unknown): given is number => Number.isInteger(given) && Number(given) > 0;
  if (typeof after !== 'string' || !isCount(pool)) return undefined;
  return factor === null || isCount(factor) ? { after, factor, pool } : undefined;
}

/** Where the teachers stand, that at `teacher` first. */
export function teacherPaths(recipe: RecipeText): ModelPath[] {
  const named = Object.keys(objectOrNone(valueAt(recipe, ['teachers'])));
  return [
    ...(valueAt(recipe, [TEACHER]) === undefined ? [] : [[TEACHER]]),
    ...named.map((name) => ['teachers', name]),
  ];
}

/** Where the models stand that a side of a hook is about: of its teacher's side all that it names in `from`. */
export function hookedModels(recipe: RecipeText, index: number, side: Role): ModelPath[] {
  if (side === 'student') return [[STUDENT]];
  return namesIn(valueAt(recipe, ['hooks', index, 'from']), TEACHER).map((name) =>
    name === STUDENT || name === TEACHER ? [name] : ['teachers', name],
  );
}

/** A name or a list of them, as far as it is typed; `otherwise` where there is neither. */
export function namesIn(value: unknown, otherwise?: string): string[] {
  const names = [value].flat().filter((name) => typeof name === 'string');
  return names.length > 0 || otherwise === undefined ? names : [otherwise];
}

function isSize(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && value.every((side) => Number.isInteger(side));
}

/** The data source, written out. */
export function sourceOf(recipe: RecipeText): DataSource | undefined {
  const source = valueAt(recipe, ['data', 'source']);
  if (typeof source === 'string') return { format: source };
  const { format } = objectOrNone(source);
  return typeof format === 'string' ? { ...objectOrNone(source), format } : undefined;
}

function objectOrNone(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** A replacement in a text, by offsets. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Sets a value of a recipe, or removes it (undefined), in the manner of the text and with its comments kept. */
export function editsFor(text: string, path: JSONPath, value: unknown): TextEdit[] {
  const indent = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
  const formattingOptions = {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.startsWith('\t') ? 1 : indent.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
  return modify(text, path, value, { formattingOptions }).map(({ offset, length, content }) => ({
    start: offset,
    end: offset + length,
    text: content,
  }));
}
