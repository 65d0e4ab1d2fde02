import * as path from 'node:path';
import * as vscode from 'vscode';
import { didYouMean } from '../../common/suggest';
import type { LayerSummary } from '../../protocol/inspector';
import { formatKeyPath } from '../../recipe/key-path';
import type { Finding } from '../../recipe/problem';
import { modelImages } from '../../recipe/image-shape';
import type { DataSource } from '../../recipe/schema';
import { TEACHER } from '../../recipe/teachers';
import { workspacePath } from '../../recipe/workspace';
import { workspaceOf } from '../common/launcher';
import { SeenImages } from '../common/seen-images';
import { readSetting } from '../common/settings';
import { resolveWritten } from '../common/written-references';
import type { Services } from '../services';
import {
  hookedModels,
  modelOf,
  type ModelPath,
  type RecipeText,
  sourceOf,
  valueAt,
} from '../common/recipe-text';

/** The layers of a model; their shapes say nothing where the size of the images is only assumed. */
export interface ModelLayers {
  readonly layers: readonly LayerSummary[];
  readonly areShapesReal: boolean;
}

/**
 * The layers of a model of a recipe; undefined where it names none or one that cannot be built,
 * where models must not be built (untrusted, switched off), and where the answer takes longer than `patience`.
 */
export async function layersOf(
  recipe: RecipeText,
  at: ModelPath,
  uri: vscode.Uri,
  { models, context }: Pick<Services, 'models' | 'context'>,
  patience = Infinity,
): Promise<ModelLayers | undefined> {
  const named = modelOf(recipe, at);
  if (named === undefined || !mayBuild(uri)) return undefined;
  const workspace = workspaceOf(uri);
  const folder = path.dirname(uri.fsPath);
  const model = resolveWritten(named.model, folder, workspace);
  if (model === undefined) return undefined;
  const teacher = modelOf(recipe, TEACHER);
  const ofTeacher = teacher && resolveWritten(teacher.model, folder, workspace);
  const classifier = teacher &&
    ofTeacher !== undefined &&
    named.teacherClassifier && {
      ...named.teacherClassifier,
      teacher: { model: ofTeacher, args: teacher.args },
    };
  if (named.teacherClassifier && !classifier) return undefined;
  const { isAssumed, ...images } = new SeenImages(context.workspaceState).of(
    resolvedSource(recipe, folder, workspace),
    workspace,
  );
  const asked = models
    .describe(
      {
        ...{ model, args: named.args, workspace, ...images },
        inputShape: modelImages(named, images.inputShape),
        ...(classifier && { teacherClassifier: classifier }),
      },
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
  const findings: Finding[] = [];
  for (const { path, layer, models } of namedLayers(recipe)) {
    for (const model of models) {
      // Built once: the answers are kept.
      const ids = (await layersOf(recipe, model, uri, services))?.layers.map(({ id }) => id);
      if (ids === undefined || ids.includes(layer)) continue;
      // As the worker says it.
      findings.push({ path, message: `no layer "${layer}"${didYouMean(layer, ids)}` });
      break;
    }
  }
  return findings;
}

interface NamedLayer {
  /** `hooks[1].student`, in a list `hooks[1].student[0]`. */
  readonly path: string;
  readonly layer: string;
  readonly models: readonly ModelPath[];
}

/** The layers that hooks name, with the models that must have them. */
function namedLayers(recipe: RecipeText): NamedLayer[] {
  const hooks = valueAt(recipe, ['hooks']);
  if (!Array.isArray(hooks)) return [];
  return hooks.flatMap((_, index) =>
    (['student', 'teacher'] as const).flatMap((side) => {
      const written = valueAt(recipe, ['hooks', index, side]);
      const models = hookedModels(recipe, index, side);
      return [written].flat().flatMap((layer, place): NamedLayer[] => {
        if (typeof layer !== 'string') return [];
        const path = formatKeyPath(['hooks', index, side, ...(Array.isArray(written) ? [place] : [])]);
        return [{ path, layer, models }];
      });
    }),
  );
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
