import * as vscode from 'vscode';
import { InputError } from '../../../common/errors';
import { executeCommand, registerCommand } from '../../common/commands';
import { isLive, isReadable, type SeenRun } from '../../common/seen-run';
import type { Services } from '../../services';
import { debugRun } from '../debug-run';
import { logUri } from '../log-document';
import { RowNode } from '../row-node';
import type { Targets } from './targets';

/** Everything that shows a run, or gives something of it into other hands. */
export function registerShow({ log, runs, launcher }: Services, targets: Targets): vscode.Disposable[] {
  const { t } = vscode.l10n;
  return [
    registerCommand(log, 'retort.compareSelectedRuns', async (target: unknown, selected: unknown) => {
      const chosen = await targets.readable(target, selected, { title: t('Compare Runs') });
      if (chosen.length < 2)
        throw new InputError(t('Comparing takes at least two runs; select more of them'));
      await executeCommand(
        'retort.compareRuns',
        chosen.map(({ key }) => key),
      );
    }),
    registerCommand(log, 'retort.showRunLog', async (target: unknown) => {
      const run = await targets.run(target, { title: t('Show Log') });
      const document = await vscode.workspace.openTextDocument(logUri(run));
      const editor = await vscode.window.showTextDocument(document, { preview: false });
      editor.revealRange(document.lineAt(document.lineCount - 1).range);
    }),
    registerCommand(log, 'retort.debugRun', async (target: unknown) => {
      const filter = (run: SeenRun): boolean =>
        isReadable(run) && (run.seen.state === 'queued' || !isLive(run.seen.state));
      const run = await targets.readableRun(target, { title: t('Debug Run'), filter });
      await debugRun(run, launcher);
      await runs.refresh();
    }),
    registerCommand(log, 'retort.revealRun', async (target: unknown) => {
      await vscode.commands.executeCommand('revealFileInOS', await folderOf(target, targets));
    }),
    registerCommand(log, 'retort.revealRunInExplorer', async (target: unknown) => {
      await vscode.commands.executeCommand('revealInExplorer', await folderOf(target, targets));
    }),
    registerCommand(log, 'retort.copyRunId', async (target: unknown, selected: unknown) => {
      const chosen = await targets.runs(target, selected, { title: t('Copy Ids') });
      await copy(chosen.map(({ run }) => run.id).join('\n'));
    }),
    registerCommand(log, 'retort.copyReference', async (target: unknown) => {
      const about = target instanceof RowNode ? target.row.about : undefined;
      if (about !== undefined && 'reference' in about) return copy(about.reference);
      const run = await targets.run(target, { title: t('Copy Reference') });
      return copy(`run:${run.run.id}`);
    }),
  ];
}

async function folderOf(target: unknown, targets: Targets): Promise<vscode.Uri> {
  const about = target instanceof RowNode ? target.row.about : undefined;
  if (about !== undefined && 'folder' in about) return vscode.Uri.file(about.folder);
  const run = await targets.run(target, { title: vscode.l10n.t('Show Folder') });
  return vscode.Uri.file(run.key);
}

async function copy(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  vscode.window.setStatusBarMessage(vscode.l10n.t('Copied: {0}', text.split('\n').join(', ')), 3000);
}
