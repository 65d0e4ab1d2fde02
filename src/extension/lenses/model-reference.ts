import type * as vscode from 'vscode';
import { workspacePath } from '../../recipe/workspace';
import { workspaceOf } from '../common/launcher';

/** A builder as a resolved recipe names it: `models/resnet.ts#resnet8`. */
export function referenceOf(document: vscode.Uri, builder: string): string {
  return `${workspacePath(workspaceOf(document), document.fsPath)}#${builder}`;
}
