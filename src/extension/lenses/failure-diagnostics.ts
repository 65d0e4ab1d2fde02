import * as path from 'node:path';
import * as vscode from 'vscode';
import { placeOf } from './failures';
import type { SourceStore } from './source-store';
import type { Target } from './target';

/** Why a model could not be built, at the line where that is known, until the file is changed. */
export class FailureDiagnostics implements vscode.Disposable {
  private readonly collection = vscode.languages.createDiagnosticCollection('retort-models');
  private readonly edited = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
    if (contentChanges.length > 0) this.collection.delete(document.uri);
  });

  constructor(private readonly sources: SourceStore) {}

  clear(): void {
    this.collection.clear();
  }

  /** Where no line is known it is told at the builder's name. */
  async show(error: Error, target: Target, workspace: string): Promise<void> {
    const { file, line = 0, column = 0, message } = placeOf(error.message);
    const uri = file === undefined ? target.document.uri : vscode.Uri.file(path.resolve(workspace, file));
    const range =
      file === undefined ? await this.nameRange(target) : new vscode.Range(line, column, line, column + 1);
    const document = vscode.workspace.textDocuments.find((open) => open.uri.fsPath === uri.fsPath);
    const word = file !== undefined && document && wordRange(document, range.start);
    const diagnostic = new vscode.Diagnostic(word || range, message);
    diagnostic.source = 'Retort';
    this.collection.set(document?.uri ?? uri, [diagnostic]);
  }

  dispose(): void {
    this.edited.dispose();
    this.collection.dispose();
  }

  private async nameRange({ document, builder }: Target): Promise<vscode.Range> {
    const { builders } = await this.sources.read(document);
    const span = builders.find(({ name }) => name === builder)?.nameSpan;
    if (!span) return new vscode.Range(0, 0, 0, 1);
    return new vscode.Range(document.positionAt(span.from), document.positionAt(span.to));
  }
}

function wordRange(document: vscode.TextDocument, position: vscode.Position): vscode.Range | undefined {
  return document.getWordRangeAtPosition(document.validatePosition(position));
}
