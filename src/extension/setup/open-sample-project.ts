import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { copySampleProject, SAMPLE } from './sample-project';

/** Copies the sample project to where the person wants it and opens it. */
export async function openSampleProject(): Promise<void> {
  const parent = await pickParent();
  if (parent === undefined) return;
  const project = await copySampleProject(parent);
  const forceNewWindow = (vscode.workspace.workspaceFolders ?? []).length > 0;
  await vscode.commands.executeCommand('vscode.openFolder', vscode.Uri.file(project), { forceNewWindow });
}

async function pickParent(): Promise<string | undefined> {
  const home = os.homedir();
  const other = vscode.l10n.t('$(folder-opened) Another Folder…');
  const picked = await vscode.window.showQuickPick(
    [
      {
        label: vscode.l10n.t('$(home) {0}', path.join('~', SAMPLE)),
        detail: vscode.l10n.t('A new folder in yours'),
      },
      { label: other, detail: vscode.l10n.t('Pick the folder that the project is put into') },
    ],
    {
      title: vscode.l10n.t('Open the Sample Project'),
      placeHolder: vscode.l10n.t('Where shall it be kept?'),
      ignoreFocusOut: true,
    },
  );
  if (picked?.label !== other) return picked && home;
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      defaultUri: vscode.Uri.file(home),
      openLabel: vscode.l10n.t('Put the Sample Project Here'),
    })) ?? [];
  return folder?.fsPath;
}
