import * as vscode from 'vscode';
import { changedRanges, type Edit, keepLast, moved } from './keep';
import { mayBuildModels, type ModelSource } from '../common/model-syntax/model-source';
import type { Syntax } from '../common/model-syntax/syntax';

/** The languages that model files are written in. */
export const LANGUAGES: readonly string[] = [
  'typescript',
  'typescriptreact',
  'javascript',
  'javascriptreact',
];

const NOTHING: ModelSource = { builders: [], layers: [] };

interface Kept {
  readonly syntax: Syntax;
  /** What is shown, in the text as it now is. */
  shown: ModelSource;
  /** The version that `shown` was read from. */
  version: number;
  reading: Promise<ModelSource> | undefined;
}

/** What open documents say about models. The parser is loaded for the first document that seems to build one. */
export class SourceStore implements vscode.Disposable {
  private readonly kept = new Map<vscode.TextDocument, Kept>();
  private readonly disposables = vscode.Disposable.from(
    vscode.workspace.onDidChangeTextDocument((event) => this.edited(event)),
    vscode.workspace.onDidCloseTextDocument((document) => this.kept.delete(document)),
  );

  /** What the document says as it now is; what was last found still stands where it is half typed. */
  async read(document: vscode.TextDocument): Promise<ModelSource> {
    if (!LANGUAGES.includes(document.languageId)) return NOTHING;
    let kept = this.kept.get(document);
    if (kept === undefined) {
      if (!mayBuildModels(document.getText())) return NOTHING;
      const { Syntax } = await import('../common/model-syntax/syntax.js');
      kept = this.kept.get(document) ?? {
        syntax: new Syntax(document.languageId),
        shown: NOTHING,
        version: -1,
        reading: undefined,
      };
      this.kept.set(document, kept);
    }
    if (kept.version === document.version) return kept.shown;
    return (kept.reading ??= this.readNow(document, kept).finally(() => (kept.reading = undefined)));
  }

  dispose(): void {
    this.disposables.dispose();
    this.kept.clear();
  }

  private async readNow(document: vscode.TextDocument, kept: Kept): Promise<ModelSource> {
    // An edit during the reading makes it out of date, and it is done again.
    while (kept.version !== document.version && !document.isClosed) {
      const { version } = document;
      const read = await kept.syntax.read(document.getText());
      if (version !== document.version) continue;
      kept.shown = keepLast(read, kept.shown);
      kept.version = version;
    }
    return kept.shown;
  }

  private edited({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const kept = this.kept.get(document);
    if (kept === undefined || contentChanges.length === 0) return;
    const edits = contentChanges.map(({ rangeOffset, rangeLength, text }): Edit => ({
      from: rangeOffset,
      removed: rangeLength,
      inserted: text.length,
    }));
    kept.syntax.change(changedRanges(edits));
    kept.shown = moved(kept.shown, edits);
  }
}
