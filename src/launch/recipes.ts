import * as path from 'node:path';
import type { BackendChoice } from '../backends';
import { inspect } from './inspect';
import { provideNatives } from './natives';
import { CheckRequest, type CheckReport } from '../protocol/inspector';
import { loadCatalogue } from '../recipe/load-catalogue';
import { nativesOfRecipe } from '../recipe/natives';
import { type ParsedRecipe, problemAt, readRecipe } from '../recipe/parse';
import { RecipeError } from '../recipe/problem';
import { resolveRecipe } from '../recipe/resolve';
import type { Recipe } from '../recipe/schema';
import { findWorkspace } from '../recipe/workspace';

/** A recipe from a file, ready to be checked and run. */
export interface LoadedRecipe {
  readonly parsed: ParsedRecipe;
  /** Resolved: paths relative to the workspace. */
  readonly recipe: Recipe;
  readonly workspace: string;
  readonly retortFolder: string;
}

/** Reads a recipe with its `--set` values; throws `RecipeError` or `InputError`. */
export function loadRecipe(
  file: string,
  overrides: readonly string[],
  workspace = findWorkspace(path.dirname(file), process.cwd()),
): LoadedRecipe {
  const parsed = readRecipe({ file, catalogue: loadCatalogue(), overrides });
  const recipe = resolveRecipe(parsed, { workspace });
  return { parsed, recipe, workspace, retortFolder: path.join(workspace, '.retort') };
}

export interface CheckOptions {
  readonly backend: BackendChoice;
  /** Also take a training step. */
  readonly trial: boolean;
  /** Seconds that building a model may take. */
  readonly timeLimit: number;
  readonly onStage?: (stage: string) => void;
  readonly signal?: AbortSignal;
  /** The Node to run on; default: see `findNode`. */
  readonly node?: string;
}

/** Checks a recipe against its real data and models; throws `RecipeError` with the places in its file. */
export async function checkRecipe(loaded: LoadedRecipe, options: CheckOptions): Promise<CheckReport> {
  const { backend, trial, ...process } = options;
  await provideNatives(nativesOfRecipe(loaded.recipe), options);
  const answer = await inspect(
    CheckRequest,
    { workspace: loaded.workspace, retort: loaded.retortFolder, backend, recipe: loaded.recipe, trial },
    process,
  );
  if ('report' in answer) return answer.report;
  throw new RecipeError(answer.problems.map(({ path, message }) => problemAt(loaded.parsed, path, message)));
}
