import * as path from 'node:path';
import * as vscode from 'vscode';
import type { RequestType } from 'vscode-jsonrpc/node';
import { type BackendChoice, backendChoice } from '../../backends/backend';
import type { DebugLaunch } from '../../launch/debug';
import type { InspectOptions } from '../../launch/inspect';
import type { LoadedRecipe } from '../../launch/recipes';
import type { Revived } from '../../launch/revive';
import type { CheckReport } from '../../protocol/inspector';
import { nativesOfModel, nativesOfRecipe } from '../../recipe/natives';
import { findWorkspace } from '../../recipe/workspace';
import type { Recipe } from '../../recipe/schema';
import { readRecipe, type RunFolder } from '../../runs/folder';
import { requireTrust } from './commands';
import { provideNatives } from './natives';
import { readSetting } from './settings';

export interface AskOptions extends InspectOptions {
  /** Work that the user did not ask for: nothing is asked either, and what would have to be fails. */
  readonly quietly?: boolean;
}

/**
 * Everything that makes a process, in trusted workspaces only: all of it runs the user's code. What does it is loaded
 * when it is first needed: with what it imports, it is more than half of the extension.
 */
export class Launcher {
  constructor(private readonly log: vscode.LogOutputChannel) {}

  /** What is to do the arithmetic in a project: folders may have settings of their own. */
  backendFor(workspace: string): BackendChoice {
    return backendChoice(readSetting('retort.backend', vscode.Uri.file(workspace)));
  }

  /** Reads and resolves a recipe file of the workspace; throws `RecipeError` with places. Starts nothing. */
  async load(recipe: vscode.Uri): Promise<LoadedRecipe> {
    const { loadRecipe } = await import('../../launch/recipes.js');
    return loadRecipe(recipe.fsPath, [], workspaceOf(recipe));
  }

  /** Checks a recipe against its real models and data, in the inspector. */
  async check(recipe: vscode.Uri, options: AskOptions & { trial?: boolean } = {}): Promise<CheckReport> {
    requireTrust();
    const { trial = false, quietly = false, ...process } = options;
    const loaded = await this.load(recipe);
    await provideNatives(nativesOfRecipe(loaded.recipe), { quietly });
    const { checkRecipe } = await import('../../launch/recipes.js');
    return checkRecipe(loaded, {
      backend: this.backendFor(loaded.workspace),
      trial,
      timeLimit: readSetting('retort.inspect.timeLimit'),
      ...this.node,
      ...process,
    });
  }

  /** Makes a run and starts its process, which goes on without this window. */
  async start(retortFolder: string, recipe: Recipe): Promise<RunFolder> {
    requireTrust();
    await provideNatives(nativesOfRecipe(recipe));
    const { beginRun } = await import('../../launch/begin.js');
    const backend = this.backendFor(path.dirname(retortFolder));
    const run = await beginRun(retortFolder, recipe, { backend, ...this.node });
    this.log.info(`Started run ${run.id} of ${recipe.name}`);
    return run;
  }

  /** Starts the process of a run that has ended before its end. */
  async resume(run: RunFolder, { takeOver = false } = {}): Promise<void> {
    requireTrust();
    await provideNatives(nativesOfRecipe(await readRecipe(run)));
    const { startWorker } = await import('../../launch/worker.js');
    await startWorker(run, { takeOver, ...this.node });
    this.log.info(`Resumed run ${run.id}`);
  }

  /** Starts the processes of queued runs again that no process waits for any more. */
  async revive(retortFolders: readonly string[]): Promise<Revived> {
    requireTrust();
    const { reviveQueued } = await import('../../launch/revive.js');
    return reviveQueued(retortFolders, this.node);
  }

  /** Makes a run ready for a debugger, which then starts its process. */
  async prepareDebug(run: RunFolder): Promise<DebugLaunch> {
    requireTrust();
    const { prepareDebug } = await import('../../launch/debug.js');
    return prepareDebug(run, this.node);
  }

  /** Asks the inspector one question in a process of its own. */
  async ask<Question extends { readonly model?: string; readonly recipe?: Recipe }, Answer>(
    type: RequestType<Question, Answer, void>,
    question: Question,
    { quietly = false, ...options }: AskOptions = {},
  ): Promise<Answer> {
    requireTrust();
    const { model, recipe } = question;
    await provideNatives(
      [
        ...(model === undefined ? [] : nativesOfModel(model)),
        ...(recipe === undefined ? [] : nativesOfRecipe(recipe)),
      ],
      { quietly },
    );
    const { inspect } = await import('../../launch/inspect.js');
    return inspect(type, question, {
      timeLimit: readSetting('retort.inspect.timeLimit'),
      ...this.node,
      ...options,
    });
  }

  private get node(): { node?: string } {
    const node = readSetting('retort.node');
    return node === '' ? {} : { node };
  }
}

/** The folder that a file's runs are kept in and model code must lie in. */
export function workspaceOf(uri: vscode.Uri): string {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  return findWorkspace(path.dirname(uri.fsPath), folder?.uri.fsPath ?? path.dirname(uri.fsPath));
}
