import * as path from 'node:path';
import * as vscode from 'vscode';
import { didYouMean } from '../../common/suggest';
import type { LayerSummary } from '../../protocol/inspector';
import type { Finding } from '../../recipe/problem';
import { imageShapeOf } from '../../recipe/image-shape';
import { loadCatalogue } from '../../recipe/load-catalogue';
import { workspaceOf } from '../common/launcher';
import { readSetting } from '../common/settings';
import { resolveWritten } from '../common/written-references';
import type { Services } from '../services';
import { modelOf, type RecipeText, type Role, sourceOf, valueAt } from '../common/recipe-text';

/**
 * The layers of the model that a recipe names for a role; undefined where it names none or one that cannot be built,
 * where models must not be built (untrusted, switched off), and where the answer takes longer than `patience`.
 */
export async function layersOf(
  recipe: RecipeText,
  role: Role,
  uri: vscode.Uri,
  { models }: Pick<Services, 'models'>,
  patience = Infinity,
): Promise<readonly LayerSummary[] | undefined> {
  const named = modelOf(recipe, role);
  if (named === undefined || !mayBuild(uri)) return undefined;
  const workspace = workspaceOf(uri);
  const model = resolveWritten(named.model, path.dirname(uri.fsPath), workspace);
  if (model === undefined) return undefined;
  const shape = imageShapeOf(sourceOf(recipe) ?? { format: '' }, loadCatalogue());
  const asked = models
    .describe({ model, args: named.args, workspace, ...shape }, { quietly: true })
    .then(({ layers }) => layers)
    // What is wrong with a model is told by Check and Run, not while typing.
    .catch(() => undefined);
  return patience === Infinity ? asked : Promise.race([asked, after(patience)]);
}

/** Layers that hooks name and the real models lack. */
export async function findUnknownLayers(
  recipe: RecipeText,
  uri: vscode.Uri,
  services: Pick<Services, 'models'>,
): Promise<Finding[]> {
  const hooks = valueAt(recipe, ['hooks']);
  if (!Array.isArray(hooks)) return [];
  const findings: Finding[] = [];
  for (const role of ['student', 'teacher'] as const) {
    const named = hooks.map((_, index): unknown => valueAt(recipe, ['hooks', index, role]));
    if (!named.some((layer) => typeof layer === 'string')) continue;
    const ids = (await layersOf(recipe, role, uri, services))?.map(({ id }) => id);
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

function mayBuild(uri: vscode.Uri): boolean {
  return vscode.workspace.isTrusted && readSetting('retort.recipes.checkLayers', uri);
}

function after(milliseconds: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), milliseconds));
}
