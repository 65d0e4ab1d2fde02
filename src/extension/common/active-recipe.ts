import * as vscode from 'vscode';
import { liesIn } from '../../recipe/workspace';

const KEY = 'activeRecipe';

/** The recipe last opened, run or picked: lenses show its hooks, `Hook` adds to it. Kept for the workspace. */
export class ActiveRecipe implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri | undefined>();
  readonly onDidChange = this.changed.event;
  private readonly listeners = [
    vscode.window.onDidChangeActiveTextEditor((editor) => this.look(editor)),
    vscode.workspace.onDidChangeWorkspaceFolders(({ removed }) => this.leave(removed)),
  ];

  constructor(private readonly state: vscode.Memento) {
    this.look(vscode.window.activeTextEditor);
  }

  get uri(): vscode.Uri | undefined {
    const kept = this.state.get<string>(KEY);
    return kept === undefined ? undefined : vscode.Uri.parse(kept, true);
  }

  set(uri: vscode.Uri | undefined): void {
    if (uri?.toString() === this.uri?.toString()) return;
    void this.state.update(KEY, uri?.toString());
    this.changed.fire(uri);
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
    this.changed.dispose();
  }

  /** A recipe of a folder that is taken out of the window goes with it. */
  private leave(folders: readonly vscode.WorkspaceFolder[]): void {
    const file = this.uri?.fsPath;
    if (file !== undefined && folders.some(({ uri }) => liesIn(uri.fsPath, file))) this.set(undefined);
  }

  private look(editor: vscode.TextEditor | undefined): void {
    if (editor !== undefined && isRecipe(editor.document.uri)) this.set(editor.document.uri);
  }
}

export function isRecipe(uri: vscode.Uri): boolean {
  return uri.scheme === 'file' && uri.path.endsWith('.distill.json');
}
