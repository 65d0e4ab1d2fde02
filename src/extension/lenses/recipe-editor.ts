import * as vscode from 'vscode';
import { InputError } from '../../common/errors';
import { workspaceOf } from '../common/launcher';
import type { TextEdit } from '../common/recipe-text';
import { readHooks } from './recipe-hooks';

/** One edit of the recipe's document, which its undo takes back. */
export async function applyEdits(uri: vscode.Uri, edits: (text: string) => TextEdit[]): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const edit = new vscode.WorkspaceEdit();
  edit.set(
    uri,
    edits(document.getText()).map(
      ({ start, end, text }) => new vscode.TextEdit(rangeOf(document, start, end - start), text),
    ),
  );
  if (await vscode.workspace.applyEdit(edit)) return;
  throw new InputError(vscode.l10n.t('{0} cannot be edited', uri.fsPath));
}

/** Opens the recipe with a hook selected. */
export async function showHook(recipe: vscode.Uri, index: number): Promise<void> {
  const document = await vscode.workspace.openTextDocument(recipe);
  const { hooks } = readHooks(document.getText(), recipe.fsPath, workspaceOf(recipe));
  const hook = hooks.find((one) => one.index === index);
  const editor = await showBeside(document);
  if (!hook) return;
  const range = rangeOf(document, hook.offset, hook.length);
  editor.selection = new vscode.Selection(range.start, range.end);
  editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}

function rangeOf(document: vscode.TextDocument, offset: number, length: number): vscode.Range {
  return new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
}

/** Where the recipe is shown already, else beside the code. */
function showBeside(document: vscode.TextDocument): Thenable<vscode.TextEditor> {
  const { visibleTextEditors, tabGroups } = vscode.window;
  const visible = visibleTextEditors.find((editor) => editor.document === document);
  const group = tabGroups.all.find(
    ({ isActive, tabs }) => !isActive && tabs.some(({ input }) => isTabOf(input, document.uri)),
  );
  return vscode.window.showTextDocument(document, {
    viewColumn: visible?.viewColumn ?? group?.viewColumn ?? vscode.ViewColumn.Beside,
    preview: false,
  });
}

function isTabOf(input: unknown, uri: vscode.Uri): boolean {
  return input instanceof vscode.TabInputText && input.uri.toString() === uri.toString();
}
