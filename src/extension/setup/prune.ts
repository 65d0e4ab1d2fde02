import * as vscode from 'vscode';
import { bytes } from '../../common/format';
import { requireFolder } from '../common/require-folder';

/** Says which checkpoints in `.retort` folders nothing needs, and removes them if the user agrees. */
export async function prune(folders: readonly string[]): Promise<void> {
  requireFolder();
  const { pruneRuns } = await import('../../runs/prune.js');
  const pruned = (await Promise.all(folders.map((folder) => pruneRuns(folder, { dryRun: true })))).flat();
  if (pruned.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('Nothing to remove: every checkpoint is needed.'),
    );
    return;
  }
  const size = bytes(pruned.reduce((sum, checkpoint) => sum + checkpoint.bytes, 0));
  const runs = new Set(pruned.map(({ run }) => run.folder)).size;
  const remove = vscode.l10n.t('Remove');
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t('Remove {0} checkpoints of {1} runs, which free {2}?', pruned.length, runs, size),
    {
      modal: true,
      detail: vscode.l10n.t(
        'Kept are the checkpoint that each run reports, the last and best of runs that can be resumed, what other recipes of runs refer to, and everything of starred runs.',
      ),
    },
    remove,
  );
  if (chosen !== remove) return;
  for (const folder of folders) await pruneRuns(folder, { dryRun: false });
  void vscode.window.showInformationMessage(vscode.l10n.t('{0} are free again.', size));
}
