import * as vscode from 'vscode';
import { InputError } from '../../common/errors';

/** The first folder of the workspace that is on this machine; throws `InputError` where there is none. */
export function requireFolder(): vscode.Uri {
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
  if (folder !== undefined) return folder.uri;
  throw new InputError(
    vscode.l10n.t(
      'Open a folder first: models, recipes and runs are kept in one (or run "Retort: Open the Sample Project")',
    ),
  );
}
