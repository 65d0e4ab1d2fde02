import * as path from 'node:path';
import type { JSONPath } from 'jsonc-parser';
import * as vscode from 'vscode';
import { count } from '../../common/format';
import type { LayerSummary } from '../../protocol/inspector';
import { hookPairs } from '../../recipe/hook-pairs';
import { loadCatalogue } from '../../recipe/load-catalogue';
import { isHookable, rankTeacherLayers } from '../../recipe/pair-layers';
import type { Hook } from '../../recipe/schema';
import { STUDENT } from '../../recipe/teachers';
import { isRecipe } from '../common/active-recipe';
import { qualityText, runText } from '../common/describe-trained';
import { workspaceOf } from '../common/launcher';
import { findWorkspaceModels } from '../common/workspace-models';
import { relativePath } from '../common/written-references';
import type { Services } from '../services';
import { layersOf } from './layers';
import { layerText } from './layer-text';
import {
  hookedModels,
  modelOf,
  readRecipeText,
  type RecipeText,
  type Role,
  teacherPaths,
  valueAt,
} from '../common/recipe-text';
import { stringAt, type StringPlace } from './string-at';
import { trainedFor } from './trained-weights';

/** Milliseconds that a list may wait for models to be built; they go on being built, for the next time. */
const PATIENCE = 10_000;

/** Completes what only the workspace knows: layers, models, runs, paths. Keys and names come from the schema. */
export class RecipeCompletions implements vscode.CompletionItemProvider {
  static readonly triggers = ['"', '/', ':', '#', '@'];

  constructor(private readonly services: Services) {}

  async provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    token: vscode.CancellationToken,
  ): Promise<vscode.CompletionItem[]> {
    if (!isRecipe(document.uri)) return [];
    const text = document.getText();
    const place = stringAt(text, document.offsetAt(position));
    if (place === undefined) return [];
    const range = new vscode.Range(document.positionAt(place.start), document.positionAt(place.end));
    const choices = await this.choicesAt(place, readRecipeText(text), document.uri, token);
    return choices.map((choice, index) => itemOf(choice, range, index));
  }

  private async choicesAt(
    { path: keys, value }: StringPlace,
    recipe: RecipeText,
    uri: vscode.Uri,
    token: vscode.CancellationToken,
  ): Promise<Choice[]> {
    const [first, second, third] = keys;
    if (first === 'hooks' && typeof second === 'number' && (third === 'student' || third === 'teacher')) {
      return this.layers(recipe, second, third, uri);
    }
    if (keys.length === 3 && first === 'data' && second === 'source' && third === 'path') {
      return filesAt(value, uri);
    }
    if (first === 'hooks' && third === 'from') return sources(recipe);
    if (first === 'train' && second === 'stages' && keys[3] === 'hooks') return terms(recipe);
    const key = isModelAt(keys.slice(0, -1)) ? keys.at(-1) : undefined;
    if (key === 'weights') return this.runs(uri);
    if (key === 'model') return [...(await models(uri, token)), ...networks(), ...this.runs(uri)];
    return [];
  }

  /** The layers that the hook's method can hook first, for a teacher the student's partners first. */
  private async layers(recipe: RecipeText, index: number, role: Role, uri: vscode.Uri): Promise<Choice[]> {
    const method = valueAt(recipe, ['hooks', index, 'method']);
    const kind = loadCatalogue().methods.find(({ name }) => name === method)?.hooks ?? 'maps';
    const [model] = hookedModels(recipe, index, role);
    const found = await layersOf(recipe, model!, uri, this.services, PATIENCE);
    if (found === undefined) return [];
    const { layers, areShapesReal } = found;
    const fitting =
      role === 'student'
        ? layers.filter((layer) => isHookable(layer, kind)).reverse()
        : await this.partners(recipe, index, uri, layers, kind);
    const others = layers.filter((layer) => !fitting.includes(layer));
    return [...fitting, ...others].map((layer) => ({
      value: layer.id,
      kind: vscode.CompletionItemKind.Field,
      detail: layerText(layer, areShapesReal),
      description: layer.className,
    }));
  }

  private async partners(
    recipe: RecipeText,
    index: number,
    uri: vscode.Uri,
    teacher: readonly LayerSummary[],
    kind: Parameters<typeof isHookable>[1],
  ): Promise<LayerSummary[]> {
    const named = valueAt(recipe, ['hooks', index, 'student']);
    const student = (await layersOf(recipe, ['student'], uri, this.services, PATIENCE))?.layers ?? [];
    return rankTeacherLayers(typeof named === 'string' ? named : undefined, student, teacher, kind);
  }

  private runs(uri: vscode.Uri): Choice[] {
    return trainedFor(uri, this.services.runs).map((trained) => ({
      value: trained.reference,
      kind: vscode.CompletionItemKind.Reference,
      detail: qualityText(trained),
      description: runText(trained),
      documentation: vscode.l10n.t('{0}, trained by {1}', trained.model.model, runText(trained)),
    }));
  }
}

function isModelAt(keys: JSONPath): boolean {
  const [first, second] = keys;
  if (first === 'teachers') return keys.length === 2 && typeof second === 'string';
  return keys.length === 1 && (first === 'student' || first === 'teacher');
}

/** Whom a hook can learn from. */
function sources(recipe: RecipeText): Choice[] {
  const teachers = teacherPaths(recipe).map((path) => ({
    value: path.at(-1)!,
    kind: vscode.CompletionItemKind.Variable,
    detail: modelOf(recipe, path)?.model ?? vscode.l10n.t('A teacher of this recipe'),
  }));
  const itself = vscode.l10n.t("The student's own layer, which no gradient reaches");
  return [...teachers, { value: STUDENT, kind: vscode.CompletionItemKind.Keyword, detail: itself }];
}

/** The names of the hooks' terms, as stages name them. */
function terms(recipe: RecipeText): Choice[] {
  const written = valueAt(recipe, ['hooks']);
  const hooks = (Array.isArray(written) ? (written as unknown[]) : []).filter(isHook);
  return hookPairs({ hooks }, loadCatalogue().methods).map(({ name, hook }) => ({
    value: name,
    kind: vscode.CompletionItemKind.Field,
    detail: loadCatalogue().methods.find((method) => method.name === hook.method)?.title ?? '',
  }));
}

/** As far as names need it. */
function isHook(value: unknown): value is Hook {
  return typeof value === 'object' && value !== null && 'method' in value && typeof value.method === 'string';
}

interface Choice {
  readonly value: string;
  readonly kind: vscode.CompletionItemKind;
  readonly detail: string;
  readonly description?: string;
  readonly documentation?: string;
}

/** The value in quotes takes the place of the one that is there; the list keeps its order. */
function itemOf(choice: Choice, range: vscode.Range, index: number): vscode.CompletionItem {
  const { value, kind, detail, description, documentation } = choice;
  const label = { label: value, ...(description !== undefined && { description }) };
  const item = new vscode.CompletionItem(label, kind);
  item.detail = detail;
  if (documentation !== undefined) item.documentation = documentation;
  item.insertText = JSON.stringify(value);
  item.filterText = item.insertText;
  item.range = range;
  item.sortText = String(index).padStart(5, '0');
  return item;
}

/** Those that a recipe there may name: of the window's other projects none. */
async function models(uri: vscode.Uri, token: vscode.CancellationToken): Promise<Choice[]> {
  const found = await findWorkspaceModels(token);
  const workspace = workspaceOf(uri);
  const own = found.filter((model) => workspaceOf(model.uri) === workspace);
  return own.map((model) => ({
    value: `${relativePath(path.dirname(uri.fsPath), model.uri.fsPath)}#${model.name}`,
    kind: vscode.CompletionItemKind.Function,
    detail: vscode.l10n.t('A model of this workspace'),
  }));
}

function networks(): Choice[] {
  return loadCatalogue().networks.map(({ name, summary, parameters }) => ({
    value: `builtin:${name}`,
    kind: vscode.CompletionItemKind.Module,
    detail: summary,
    documentation: vscode.l10n.t('{0} parameters at the size that it was published for', count(parameters)),
  }));
}

/** Files and folders beside what is typed of a path. */
async function filesAt(typed: string, uri: vscode.Uri): Promise<Choice[]> {
  const begun = typed.slice(0, typed.lastIndexOf('/') + 1);
  const folder = vscode.Uri.file(path.resolve(path.dirname(uri.fsPath), begun || '.'));
  const entries = await vscode.workspace.fs.readDirectory(folder).then(
    (found) => found,
    () => [],
  );
  return entries
    .filter(([name]) => !name.startsWith('.'))
    .map(([name, type]) => {
      const isFolder = (type & vscode.FileType.Directory) !== 0;
      return {
        value: `${begun}${name}`,
        kind: isFolder ? vscode.CompletionItemKind.Folder : vscode.CompletionItemKind.File,
        detail: isFolder ? vscode.l10n.t('Folder') : vscode.l10n.t('File'),
      };
    });
}
