import * as path from 'node:path';
import * as vscode from 'vscode';
import { didYouMean } from '../../common/suggest';
import type { LayerSummary } from '../../protocol/inspector';
import type { Finding } from '../../recipe/problem';
import { modelImages } from '../../recipe/image-shape';
import type { DataSource } from '../../recipe/schema';
import { workspacePath } from '../../recipe/workspace';
import { workspaceOf } from '../common/launcher';
import { SeenImages } from '../common/seen-images';
import { readSetting } from '../common/settings';
import { resolveWritten } from '../common/written-references';
import type { Services } from '../services';
import { modelOf, type RecipeText, type Role, sourceOf, valueAt } from '../common/recipe-text';

/** The layers of a model; their shapes say nothing where the size of the images is only assumed. */
export interface ModelLayers {
  readonly layers: readonly LayerSummary[];
  readonly areShapesReal: boolean;
}

/**
 * The layers of the model that a recipe names for a role; undefined where it names none or one that cannot be built,
 * where models must not be built (untrusted, switched off), and where the answer takes longer than `patience`.
 */
export async function layersOf(
  recipe: RecipeText,
  role: Role,
  uri: vscode.Uri,
  { models, context }: Pick<Services, 'models' | 'context'>,
  patience = Infinity,
): Promise<ModelLayers | undefined> {
  const named = modelOf(recipe, role);
  if (named === undefined || !mayBuild(uri)) return undefined;
  const workspace = workspaceOf(uri);
  const folder = path.dirname(uri.fsPath);
  const model = resolveWritten(named.model, folder, workspace);
  if (model === undefined) return undefined;
  const { isAssumed, ...images } = new SeenImages(context.workspaceState).of(
    resolvedSource(recipe, folder, workspace),
  );
  const asked = models
    .describe(
      { model, args: named.args, workspace, ...images, inputShape: modelImages(named, images.inputShape) },
      { quietly: true },
    )
    .then(({ layers }) => ({ layers, areShapesReal: !isAssumed }))
    // What is wrong with a model is told by Check and Run, not while typing.
    .catch(() => undefined);
  return patience === Infinity ? asked : Promise.race([asked, after(patience)]);
}

/** Layers that hooks name and the real models lack. */
export async function findUnknownLayers(
  recipe: RecipeText,
  uri: vscode.Uri,
  services: Pick<Services, 'models' | 'context'>,
): Promise<Finding[]> {
  const hooks = valueAt(recipe, ['hooks']);
  if (!Array.isArray(hooks)) return [];
  const findings: Finding[] = [];
  for (const role of ['student', 'teacher'] as const) {
    const named = hooks.map((_, index): unknown => valueAt(recipe, ['hooks', index, role]));
    if (!named.some((layer) => typeof layer === 'string')) continue;
    const ids = (await layersOf(recipe, role, uri, services))?.layers.map(({ id }) => id);
    if (ids === undefined) continue;
    for (const [index, layer] of named.entries()) {
      if (typeof layer !== 'string' || ids.includes(layer)) continue;
      // As the worker says it.
      const message = `no layer "${layer}"${didYouMean(layer, ids)}`;
      findings.push({ path: `hooks[${index}].${role}`, message });
    }
  }
  return findings;
}

/** The data source with its path from the workspace, as resolved recipes have it. */
function resolvedSource(recipe: RecipeText, folder: string, workspace: string): DataSource {
  const source = sourceOf(recipe) ?? { format: '' };
  if (typeof source.path !== 'string') return source;
  return { ...source, path: workspacePath(workspace, path.resolve(folder, source.path)) };
}

function mayBuild(uri: vscode.Uri): boolean {
  return vscode.workspace.isTrusted && readSetting('retort.recipes.checkLayers', uri);
}

function after(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), milliseconds));
}
