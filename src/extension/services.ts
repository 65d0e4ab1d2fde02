import type * as vscode from 'vscode';
import type { ActiveRecipe } from './common/active-recipe';
import type { Launcher } from './common/launcher';
import type { ModelSummaries } from './common/model-summaries';
import type { RunStore } from './common/run-store';

/** What every feature is given. */
export interface Services {
  readonly context: vscode.ExtensionContext;
  readonly log: vscode.LogOutputChannel;
  /** All runs of the workspace, followed live. */
  readonly runs: RunStore;
  /** Starts, resumes and asks: everything that makes a process. */
  readonly launcher: Launcher;
  /** The layers of models, built once while nothing changes. */
  readonly models: ModelSummaries;
  readonly activeRecipe: ActiveRecipe;
}
