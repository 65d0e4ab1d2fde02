import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ActiveRecipe } from '../common/active-recipe';
import { Disposables } from '../common/disposables';
import { workspaceOf } from '../common/launcher';
import { readHooks, type RecipeHooks } from './recipe-hooks';

/** The active recipe as it now is: typed but not saved too. */
export interface ActiveHooks extends RecipeHooks {
  readonly uri: vscode.Uri;
}

/** Follows what the active recipe says about models and hooks. */
export class ActiveHooksStore implements vscode.Disposable {
  private readonly disposables = new Disposables();
  private readonly changed = this.disposables.add(new vscode.EventEmitter<void>());
  readonly onDidChange = this.changed.event;
  private watcher: vscode.FileSystemWatcher | undefined;
  private known: Promise<ActiveHooks | undefined> | undefined;

  constructor(private readonly activeRecipe: ActiveRecipe) {
    this.disposables.add(activeRecipe.onDidChange(() => this.follow()));
    this.disposables.add(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0 && this.isActive(document.uri)) this.forget();
      }),
    );
    this.disposables.add(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (this.isActive(uri)) this.forget();
      }),
    );
    this.follow();
  }

  /** Undefined where there is no active recipe, or it is gone. */
  get(): Promise<ActiveHooks | undefined> {
    return (this.known ??= this.read());
  }

  /** The same for a file: another workspace's recipe says nothing about it, though its models be named alike. */
  async of(file: vscode.Uri): Promise<ActiveHooks | undefined> {
    const recipe = await this.get();
    return recipe && workspaceOf(recipe.uri) === workspaceOf(file) ? recipe : undefined;
  }

  dispose(): void {
    this.watcher?.dispose();
    this.disposables.dispose();
  }

  private isActive(uri: vscode.Uri): boolean {
    return uri.toString() === this.activeRecipe.uri?.toString();
  }

  private follow(): void {
    this.watcher?.dispose();
    const { uri } = this.activeRecipe;
    this.watcher =
      uri &&
      vscode.workspace.createFileSystemWatcher(
        new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), path.basename(uri.path)),
      );
    for (const event of [this.watcher?.onDidChange, this.watcher?.onDidCreate, this.watcher?.onDidDelete]) {
      event?.(() => this.forget());
    }
    this.forget();
  }

  private forget(): void {
    this.known = undefined;
    this.changed.fire();
  }

  private async read(): Promise<ActiveHooks | undefined> {
    const { uri } = this.activeRecipe;
    if (uri === undefined) return undefined;
    const text = await textOf(uri);
    if (text === undefined) return undefined;
    return { uri, ...readHooks(text, uri.fsPath, workspaceOf(uri)) };
  }
}

async function textOf(uri: vscode.Uri): Promise<string | undefined> {
  const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open) return open.getText();
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch {
    return undefined;
  }
}
