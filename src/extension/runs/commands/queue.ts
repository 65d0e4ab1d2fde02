import * as vscode from 'vscode';
import { InputError } from '../../../common/errors';
import { devices, moveInQueue, type QueueMove, setQueueLimit } from '../../../runs/queue';
import { registerCommand } from '../../common/commands';
import { onSettingChanged, readSetting } from '../../common/settings';
import type { Services } from '../../services';
import type { QueueView } from '../queue-view';

const SETTING = 'retort.runsAtATime';

/** Order and limit of the queue. */
export function registerQueue({ log }: Services, queue: QueueView): vscode.Disposable[] {
  const { t } = vscode.l10n;
  const move = (
    name: 'retort.moveUp' | 'retort.moveDown' | 'retort.moveToFront',
    where: QueueMove,
  ): vscode.Disposable =>
    registerCommand(log, name, async (row: { key?: unknown } | undefined) => {
      if (typeof row?.key !== 'string') throw new InputError(t('Choose a waiting run in the view Queue'));
      await moveInQueue(row.key, where);
      await queue.refresh();
    });
  const applyLimit = async (): Promise<void> => {
    for (const device of devices) await setQueueLimit(device, readSetting(SETTING));
    await queue.refresh();
  };
  const isSet = vscode.workspace.getConfiguration().inspect(SETTING)?.globalValue !== undefined;
  if (isSet) applyLimit().catch((error: unknown) => log.warn(String(error)));
  return [
    move('retort.moveUp', 'up'),
    move('retort.moveDown', 'down'),
    move('retort.moveToFront', 'front'),
    registerCommand(log, 'retort.setRunsAtATime', async () => {
      const text = await vscode.window.showInputBox({
        title: t('Runs at a Time'),
        prompt: t('How many runs may work on one device at once; the others wait'),
        value: String(readSetting(SETTING)),
        ignoreFocusOut: true,
        validateInput: (value) =>
          /^[1-9]\d?$/.test(value.trim()) ? undefined : t('A whole number from 1 to 99'),
      });
      if (text === undefined) return;
      const target = vscode.ConfigurationTarget.Global;
      await vscode.workspace.getConfiguration().update(SETTING, Number(text.trim()), target);
    }),
    onSettingChanged(SETTING, () => void applyLimit().catch((error: unknown) => log.error(String(error)))),
  ];
}
