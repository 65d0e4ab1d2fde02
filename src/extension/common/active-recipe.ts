import * as vscode from 'vscode';

const KEY = 'activeRecipe';

/** The recipe last opened, run or picked: lenses show its hooks, `Hook` adds to it. Kept for the workspace. */
export class ActiveRecipe implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri | undefined>();
  readonly onDidChange = this.changed.event;
  private readonly opened = vscode.window.onDidChangeActiveTextEditor((editor) => this.look(editor));

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
    this.opened.dispose();
    this.changed.dispose();
  }

  private look(editor: vscode.TextEditor | undefined): void {
    if (editor !== undefined && isRecipe(editor.document.uri)) this.set(editor.document.uri);
  }
}

export function isRecipe(uri: vscode.Uri): boolean {
  return uri.scheme === 'file' && uri.path.endsWith('.distill.json');
}
