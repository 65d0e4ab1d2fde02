import * as vscode from 'vscode';
import { executeCommand } from '../common/commands';
import { describeDevice } from '../common/device';
import { isLive, isReadable } from '../common/seen-run';
import { readSetting } from '../common/settings';
import type { Services } from '../services';

/** Says once a window, when a run starts on WebAssembly, that TensorFlow would be faster. */
export function suggestBackend({ runs }: Services): vscode.Disposable {
  let suggested = false;
  return runs.onDidChange(async ({ added }) => {
    const starts = added.some((run) => isReadable(run) && isLive(run.seen.state));
    if (suggested || !starts || !readSetting('retort.suggestBackend') || !vscode.workspace.isTrusted) return;
    if (readSetting('retort.backend') !== 'auto' || (await describeDevice()).backend !== 'wasm') return;
    suggested = true;
    const install = vscode.l10n.t('Install…');
    const never = vscode.l10n.t("Don't Ask Again");
    const chosen = await vscode.window.showInformationMessage(
      vscode.l10n.t('This run computes on WebAssembly. TensorFlow would be about ten times as fast.'),
      install,
      never,
    );
    if (chosen === install) await executeCommand('retort.installBackend');
    if (chosen === never) {
      await vscode.workspace
        .getConfiguration()
        .update('retort.suggestBackend', false, vscode.ConfigurationTarget.Global);
    }
  });
}
