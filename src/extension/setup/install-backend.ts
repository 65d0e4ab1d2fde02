import * as vscode from 'vscode';
import type { BackendStatus, InstallableBackend, InstallProgress } from '../../backends';
import { bytes } from '../../common/format';
import { describeDevice, forgetDevice } from '../common/device';
import { readSetting } from '../common/settings';
import { stageText } from './stages';

interface BackendPick extends vscode.QuickPickItem {
  readonly backend: InstallableBackend;
}

/** Lets the person pick a backend and installs it in a process of its own: its 800 MB are unpacked there. */
export async function installBackend(given?: InstallableBackend): Promise<void> {
  const backend = given ?? (await pickBackend());
  if (backend === undefined) return;
  const { backendTitles } = await import('../../backends/index.js');
  const title = backendTitles[backend];
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, cancelled) => {
      let shown = 0;
      await runBackendCommand(['install', backend], cancelled, (state) => {
        const { text, share } = stageText(state);
        const percent = 100 * share;
        progress.report({ message: text, increment: Math.max(0, percent - shown) });
        shown = Math.max(shown, percent);
      });
    },
  );
  forgetDevice();
  const { text } = await describeDevice();
  void vscode.window.showInformationMessage(
    vscode.l10n.t('{0} is installed. New runs compute on {1}.', title, text),
  );
}

export async function removeBackend(given?: InstallableBackend): Promise<void> {
  const { backendTitles, installableBackends, readManifest } = await import('../../backends/index.js');
  const installed = installableBackends.flatMap((backend) => {
    const manifest = readManifest(backend);
    if (manifest === undefined) return [];
    return [
      { backend, label: backendTitles[backend], description: `${manifest.version}, ${bytes(manifest.size)}` },
    ];
  });
  if (installed.length === 0) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t('No backend is installed; WebAssembly comes with Retort.'),
    );
    return;
  }
  const picked =
    given === undefined
      ? await vscode.window.showQuickPick(installed, {
          title: vscode.l10n.t('Remove Backend'),
          ignoreFocusOut: true,
        })
      : installed.find(({ backend }) => backend === given);
  if (picked === undefined) return;
  const remove = vscode.l10n.t('Remove');
  const question = vscode.l10n.t('Remove {0} ({1}) from this machine?', picked.label, picked.description);
  const detail = vscode.l10n.t('Runs that compute on it go on; new ones take the next best backend.');
  if ((await vscode.window.showWarningMessage(question, { modal: true, detail }, remove)) !== remove) return;
  await runBackendCommand(['remove', picked.backend]);
  forgetDevice();
}

async function pickBackend(): Promise<InstallableBackend | undefined> {
  const picked = await vscode.window.showQuickPick(backendPicks(), {
    title: vscode.l10n.t('Install GPU Backend'),
    placeHolder: vscode.l10n.t(
      'What shall do the arithmetic? WebAssembly works without any of these, slower.',
    ),
    matchOnDetail: true,
    ignoreFocusOut: true,
  });
  return picked?.backend;
}

/** What can be installed here, the best first; what cannot be, with the reason, at the end. */
async function backendPicks(): Promise<BackendPick[]> {
  const backends = await import('../../backends/index.js');
  const suitable = await backends.suitableBackend();
  const statuses = await backends.listBackends();
  const picks = backends.installableBackends.map((backend) => {
    const status = statuses.find(({ name }) => name === backend)!;
    const size = backends.downloadSize(backend);
    return {
      backend,
      label: status.title,
      description: status.installed
        ? vscode.l10n.t('installed')
        : size === undefined
          ? vscode.l10n.t('not published for this machine')
          : vscode.l10n.t('{0} to fetch', bytes(size)),
      detail: detailOf(status, backend === suitable),
    };
  });
  return picks.sort((one, other) => Number(other.backend === suitable) - Number(one.backend === suitable));
}

function detailOf(status: BackendStatus, isSuitable: boolean): string {
  if (status.usable) return vscode.l10n.t('Works here, on {0}', status.device ?? 'CPU');
  if (status.installed) return status.reason ?? '';
  if (isSuitable) return vscode.l10n.t('$(star) The best for this machine');
  switch (status.name) {
    case 'gpu':
      return vscode.l10n.t('For NVIDIA GPUs with CUDA 12');
    case 'webgpu':
      return vscode.l10n.t('For other GPUs, through Vulkan, Metal or Direct3D 12');
    default:
      return vscode.l10n.t('For processors, about ten times as fast as WebAssembly');
  }
}

async function runBackendCommand(
  args: readonly string[],
  cancelled?: vscode.CancellationToken,
  onProgress: (state: InstallProgress) => void = () => undefined,
): Promise<void> {
  const { runCommandLine } = await import('../../launch/command-line.js');
  const controller = new AbortController();
  const listener = cancelled?.onCancellationRequested(() => controller.abort(new vscode.CancellationError()));
  const node = readSetting('retort.node');
  try {
    await runCommandLine(['backend', ...args], {
      signal: controller.signal,
      onMessage: (message) => onProgress(message as InstallProgress),
      ...(node !== '' && { node }),
    });
  } finally {
    listener?.dispose();
  }
}
