import { createHash } from 'node:crypto';
import * as vscode from 'vscode';
import type { ModelSummary } from '../../protocol/inspector';
import { workspacePath } from '../../recipe/workspace';
import { workspaceOf } from '../common/launcher';
import { type InspectedLine, linesOf } from './inspected';
import type { ModelInput } from './model-input';

/** What the inspector found of one builder. */
export interface Inspection {
  /** As in a resolved recipe. */
  readonly reference: string;
  readonly workspace: string;
  readonly input: ModelInput;
  readonly summary: ModelSummary;
}

/** The layers that one builder makes on the lines of a document. */
export interface InspectedDocument {
  readonly inspection: Inspection;
  readonly lines: readonly InspectedLine[];
}

/** The last inspection of each builder; of what has changed since, nothing is told. */
export class InspectionStore implements vscode.Disposable {
  private inspections: readonly Inspection[] = [];
  private readonly hashes = new WeakMap<
    vscode.TextDocument,
    { version: number; hashes: readonly string[] }
  >();
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.changed.event;

  add(inspection: Inspection): void {
    const others = this.inspections.filter(
      ({ reference, workspace }) => reference !== inspection.reference || workspace !== inspection.workspace,
    );
    this.inspections = [inspection, ...others];
    this.changed.fire();
  }

  /** The inspections that hold for the document as it now is, the latest first. */
  in(document: vscode.TextDocument): InspectedDocument[] {
    if (this.inspections.length === 0 || document.uri.scheme !== 'file') return [];
    const workspace = workspaceOf(document.uri);
    const file = workspacePath(workspace, document.uri.fsPath);
    return this.inspections.flatMap((inspection) => {
      const { layers, sources } = inspection.summary;
      const source = inspection.workspace === workspace && sources.find(({ path }) => path === file);
      if (!source || !this.hashesOf(document).includes(source.sha256)) return [];
      return [{ inspection, lines: linesOf(layers, file) }];
    });
  }

  dispose(): void {
    this.changed.dispose();
  }

  /** Of the text as it would be saved, without and with a byte order mark, which the editor does not tell. */
  private hashesOf(document: vscode.TextDocument): readonly string[] {
    const known = this.hashes.get(document);
    if (known?.version === document.version) return known.hashes;
    const text = document.getText();
    const hashes = [text, `\uFEFF${text}`].map((saved) => createHash('sha256').update(saved).digest('hex'));
    this.hashes.set(document, { version: document.version, hashes });
    return hashes;
  }
}
