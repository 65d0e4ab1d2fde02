import * as vscode from 'vscode';
import { isReadable, type SeenRun } from '../common/seen-run';
import type { Services } from '../services';

/** So often queued runs are looked at for whether a process still waits for them, in milliseconds. */
const INTERVAL = 60_000;

/** Starts queued runs again whose process is gone, as after a restart of the machine; in trusted workspaces. */
export function registerReviver({ runs, launcher, log }: Services): vscode.Disposable[] {
  let isBusy = false;
  const revive = async (): Promise<void> => {
    const folders = new Set(
      runs
        .all()
        .filter(isQueued)
        .map(({ run }) => run.retortFolder),
    );
    if (isBusy || folders.size === 0 || !vscode.workspace.isTrusted) return;
    isBusy = true;
    try {
      const { started, failed } = await launcher.revive([...folders]);
      for (const { run, reason } of failed)
        log.warn(`Queued run ${run.id} could not be started again: ${reason}`);
      if (started.length + failed.length > 0) await runs.refresh();
    } catch (error) {
      log.error(error instanceof Error ? error : String(error));
    } finally {
      isBusy = false;
    }
  };
  const timer = setInterval(() => void revive(), INTERVAL);
  void runs.ready.then(revive);
  return [
    vscode.workspace.onDidGrantWorkspaceTrust(() => void revive()),
    { dispose: () => clearInterval(timer) },
  ];
}

function isQueued(run: SeenRun): boolean {
  return isReadable(run) && run.seen.state === 'queued';
}
