import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { bytes } from '../../common/format';
import { type InstallableBackend, installableBackends } from '../../backends/backend';
import type { RunStore } from '../common/run-store';
import { type DiskUse, diskUse } from './disk-use';
import { removeBackend } from './install-backend';
import { prune } from './prune';

interface UsePick extends vscode.QuickPickItem {
  readonly use?: DiskUse;
}

/** Shows what takes how much room; picking a line offers to free it. */
export async function showDiskUse(store: RunStore): Promise<void> {
  const picked = await vscode.window.showQuickPick(picks(store), {
    title: vscode.l10n.t('Disk Use of Retort'),
    placeHolder: vscode.l10n.t('Pick a line to free its room'),
    matchOnDescription: true,
    ignoreFocusOut: true,
  });
  if (picked === undefined) return;
  await free(picked.use, store);
}

async function picks(store: RunStore): Promise<UsePick[]> {
  const uses = await diskUse(store.allFolders());
  const total = uses.reduce((sum, use) => sum + use.bytes, 0);
  return [
    {
      label: vscode.l10n.t('$(trash) Prune…'),
      description: vscode.l10n.t('Checkpoints of this workspace that nothing needs'),
    },
    { label: vscode.l10n.t('{0} in all', bytes(total)), kind: vscode.QuickPickItemKind.Separator },
    ...uses.map((use) => ({ use, label: labelOf(use), description: bytes(use.bytes), detail: use.folder })),
  ];
}

function labelOf({ kind, name }: DiskUse): string {
  switch (kind) {
    case 'backend':
      return vscode.l10n.t('$(chip) Backend {0}', name);
    case 'data':
      return vscode.l10n.t('$(database) Data set {0}', name);
    case 'natives':
      return vscode.l10n.t('$(package) Helper programs');
    case 'queue':
      return vscode.l10n.t('$(list-ordered) Queue');
    case 'runs':
      return vscode.l10n.t('$(beaker) Runs of {0}', name);
    case 'trash':
      return vscode.l10n.t('$(trash) Deleted runs of {0}', name);
  }
}

async function free(use: DiskUse | undefined, store: RunStore): Promise<void> {
  switch (use?.kind) {
    case undefined:
      return prune(store.allFolders());
    case 'runs':
      return prune([path.dirname(use.folder)]);
    case 'backend':
      return removeBackend(backendNamed(use.name));
    case 'data':
      return removeFolder(
        use,
        vscode.l10n.t('Remove the data set {0} ({1})?', use.name, bytes(use.bytes)),
        again(),
      );
    case 'natives':
      return removeFolder(use, vscode.l10n.t('Remove the helper programs ({0})?', bytes(use.bytes)), again());
    case 'trash':
      return removeFolder(
        use,
        vscode.l10n.t('Remove the deleted runs of {0} for good ({1})?', use.name, bytes(use.bytes)),
        vscode.l10n.t('They cannot be brought back afterwards.'),
      );
    case 'queue':
      void vscode.window.showInformationMessage(
        vscode.l10n.t('The queue holds the order of waiting runs; it stays as small as it is.'),
      );
  }
}

function again(): string {
  return vscode.l10n.t('It is fetched again when it is needed.');
}

/** `cpu-2.21.0` */
function backendNamed(folder: string): InstallableBackend | undefined {
  return installableBackends.find((name) => folder.startsWith(`${name}-`));
}

/** One rename first, so that nothing is left half removed in its place. */
async function removeFolder({ folder }: DiskUse, question: string, detail: string): Promise<void> {
  const remove = vscode.l10n.t('Remove');
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, remove)) !== remove) return;
  const aside = `${folder}.${process.pid}.removed`;
  await fs.rename(folder, aside);
  await fs.rm(aside, { recursive: true, force: true });
}
