import * as path from 'node:path';
import type * as vscode from 'vscode';
import type { ModelReference } from '../../recipe/schema';
import { workspaceOf } from '../common/launcher';
import type { RunStore } from '../common/run-store';
import { trainedAs, type TrainedModel, trainedModels } from '../common/trained-models';
import { resolveWritten } from '../common/written-references';

/** What the runs that a recipe can name have trained, the best first. */
export function trainedFor(recipe: vscode.Uri, runs: RunStore): TrainedModel[] {
  return trainedModels(runs.all(), path.join(workspaceOf(recipe), '.retort'));
}

/** Those of a model as the recipe writes it. */
export function weightsFor(recipe: vscode.Uri, written: ModelReference, runs: RunStore): TrainedModel[] {
  const model = resolveWritten(written.model, path.dirname(recipe.fsPath), workspaceOf(recipe));
  return model === undefined ? [] : trainedAs(trainedFor(recipe, runs), { ...written, model });
}
