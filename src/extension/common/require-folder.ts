import * as vscode from 'vscode';
import { ErrorWithRemedies } from './error-with-remedies';

/** The first folder of the workspace that is on this machine; throws `InputError` where there is none. */
export function requireFolder(): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
  if (folder !== undefined) return folder.uri;
  throw new ErrorWithRemedies(
    vscode.l10n.t('Open a folder first: models, recipes and runs are kept in one'),
    [
      { title: vscode.l10n.t('Open Folder'), command: 'vscode.openFolder' },
      { title: vscode.l10n.t('Open the Sample Project'), command: 'retort.openSampleProject' },
    ],
  );
}
