import * as vscode from 'vscode';
import { ErrorWithRemedies } from './error-with-remedies';

/** The folders of the window that are on this machine, at least one; throws `InputError` where there is none. */
export function requireFolder(): readonly vscode.WorkspaceFolder[] {
  const folders = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  if (folders.length > 0) return folders;
  throw new ErrorWithRemedies(
    vscode.l10n.t('Open a folder first: models, recipes and runs are kept in one'),
    [
      { title: vscode.l10n.t('Open Folder'), command: 'vscode.openFolder' },
      { title: vscode.l10n.t('Open the Sample Project'), command: 'retort.openSampleProject' },
    ],
  );
}
