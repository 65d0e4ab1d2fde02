import * as vscode from 'vscode';
import { asInputError } from '../../../common/disk-faults';
import { InputError, messageOf } from '../../../common/errors';
import { deleteRun, restoreRun } from '../../../runs/trash';
import { registerCommand, tellError } from '../../common/commands';
import { isLive, isReadable, type SeenRun } from '../../common/seen-run';
import type { Services } from '../../services';
import type { Targets } from './targets';

/** Delete, with undo. */
export function registerTrash(services: Services, targets: Targets): vscode.Disposable[] {
  const { log, runs } = services;
  const { t } = vscode.l10n;
  return [
    registerCommand(log, 'retort.deleteRun', async (target: unknown, selected: unknown) => {
      const filter = (run: SeenRun): boolean => !isLiveRun(run);
      const chosen = await targets.runs(target, selected, { title: t('Delete Runs'), filter });
      const { deleted, refused } = await deleteAll(chosen);
      await runs.refresh();
      for (const reason of refused) void tellError(log, new InputError(reason));
      if (deleted.length > 0) void offerUndo(services, deleted);
    }),
  ];
}

function isLiveRun(run: SeenRun): boolean {
  return isReadable(run) && isLive(run.seen.state);
}

async function deleteAll(runs: readonly SeenRun[]): Promise<{ deleted: SeenRun[]; refused: string[] }> {
  const deleted: SeenRun[] = [];
  const refused: string[] = [];
  for (const run of runs) {
    if (isLiveRun(run)) {
      refused.push(vscode.l10n.t('Run {0} is at work and was not deleted; stop it first', run.run.id));
      continue;
    }
    try {
      await deleteRun(run.run);
      deleted.push(run);
    } catch (error) {
      refused.push(vscode.l10n.t('Run {0} was not deleted: {1}', run.run.id, messageOf(asInputError(error))));
    }
  }
  return { deleted, refused };
}

async function offerUndo({ log, runs }: Services, deleted: readonly SeenRun[]): Promise<void> {
  const undo = vscode.l10n.t('Undo');
  const message =
    deleted.length === 1
      ? vscode.l10n.t('Run {0} was moved to .retort/trash', deleted[0]!.run.id)
      : vscode.l10n.t('{0} runs were moved to .retort/trash', deleted.length);
  if ((await vscode.window.showInformationMessage(message, undo)) !== undo) return;
  try {
    for (const { run } of deleted) await restoreRun(run);
  } catch (error) {
    await tellError(log, error);
  } finally {
    await runs.refresh();
  }
}
