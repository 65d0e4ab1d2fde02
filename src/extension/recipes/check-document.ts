import * as vscode from 'vscode';
import type { CheckReport } from '../../protocol/inspector';
import { describeCheck } from './check-report';

const SCHEME = 'retort-check';

/** Shows reports of checks as read-only documents, one for each recipe, the last report in it. */
export class CheckDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  private readonly texts = new Map<string, string>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;
  private readonly listeners = [
    this.changed,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => this.texts.delete(uri.toString())),
  ];

  provideTextDocumentContent(uri: vscode.Uri): string {
    return (
      this.texts.get(uri.toString()) ??
      vscode.l10n.t('This check is from an earlier session: check the recipe again.')
    );
  }

  async show(recipe: vscode.Uri, name: string, report: CheckReport): Promise<void> {
    const path = recipe.path.replace(/\.distill\.json$/, '.check.md');
    const uri = vscode.Uri.from({ scheme: SCHEME, path });
    this.texts.set(uri.toString(), describeCheck(name, report));
    this.changed.fire(uri);
    await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
  }
}
