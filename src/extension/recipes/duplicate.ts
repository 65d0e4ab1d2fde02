import * as path from 'node:path';
import * as vscode from 'vscode';
import { writeNewRecipe } from '../common/recipe-files';

/** Copies a recipe, as it is in the editor, to a free name beside it and opens the copy to be varied. */
export async function duplicateRecipe(uri: vscode.Uri): Promise<vscode.Uri> {
  const document = await vscode.workspace.openTextDocument(uri);
  const stem = path.basename(uri.path).replace(/(-\d+)?\.distill\.json$/, '');
  const copy = await writeNewRecipe(vscode.Uri.joinPath(uri, '..'), stem, document.getText());
  await vscode.window.showTextDocument(copy, { preview: false });
  return copy;
}
