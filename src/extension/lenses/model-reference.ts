import * as path from 'node:path';
import * as vscode from 'vscode';
import { workspacePath } from '../../recipe/workspace';
import { workspaceOf } from '../common/launcher';

/** A builder as a resolved recipe names it: `models/resnet.ts#resnet8`. */
export function referenceOf(document: vscode.Uri, builder: string): string {
  return `${workspacePath(workspaceOf(document), document.fsPath)}#${builder}`;
}

/** The file and export that a reference names; undefined for a built-in network, a run or a saved model. */
export function builderOf(
  reference: string,
  workspace: string,
): { readonly uri: vscode.Uri; readonly name: string } | undefined {
  const [, file, name] = /^(.+)#([^#]+)$/.exec(reference) ?? [];
  if (file === undefined || name === undefined) return undefined;
  return { uri: vscode.Uri.file(path.resolve(workspace, file)), name };
}
