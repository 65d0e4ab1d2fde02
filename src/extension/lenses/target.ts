import * as vscode from 'vscode';
import { InputError } from '../../common/errors';
import type { SourceStore } from './source-store';

/** A builder of the workspace, and the document that exports it. */
export interface Target {
  readonly document: vscode.TextDocument;
  readonly builder: string;
}

/**
 * The builder that a command is about: its arguments, else the one at the cursor, else the only one of the editor in
 * front, else the one that the user picks. Undefined where they pick none; `InputError` where there is none.
 */
export async function chooseBuilder(
  sources: SourceStore,
  uri?: unknown,
  name?: unknown,
): Promise<Target | undefined> {
  const document = await documentOf(uri);
  if (typeof name === 'string') return { document, builder: name };
  const { builders } = await sources.read(document);
  if (builders.length === 0) {
    throw new InputError(
      vscode.l10n.t(
        '{0} exports no function that builds a model; export one that returns tf.model(…) or tf.sequential(…)',
        vscode.workspace.asRelativePath(document.uri),
      ),
    );
  }
  const editor = vscode.window.visibleTextEditors.find((visible) => visible.document === document);
  const cursor = editor && document.offsetAt(editor.selection.active);
  const atCursor = builders.find(({ from, to }) => cursor !== undefined && from <= cursor && cursor <= to);
  const only = builders.length === 1 ? builders[0] : atCursor;
  const builder =
    only?.name ??
    (await vscode.window.showQuickPick(
      builders.map((one) => one.name),
      { placeHolder: vscode.l10n.t('Which model?'), ignoreFocusOut: true },
    ));
  return builder === undefined ? undefined : { document, builder };
}

async function documentOf(uri: unknown): Promise<vscode.TextDocument> {
  if (uri instanceof vscode.Uri) return vscode.workspace.openTextDocument(uri);
  const { activeTextEditor } = vscode.window;
  if (activeTextEditor !== undefined) return activeTextEditor.document;
  throw new InputError(vscode.l10n.t('Open the file of a model first'));
}

/** What is built is what is shown: a changed document is saved first. */
export async function saveDocument(document: vscode.TextDocument): Promise<void> {
  if (!document.isDirty || (await document.save())) return;
  throw new InputError(
    vscode.l10n.t('{0} cannot be saved: save it under another name first', document.uri.fsPath),
  );
}
