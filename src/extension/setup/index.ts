import * as vscode from 'vscode';
import { registerCommand } from '../common/commands';
import { forgetDevice } from '../common/device';
import { askBeforeFetching, provideAllNatives } from '../common/natives';
import { onSettingChanged, readSetting } from '../common/settings';
import type { Services } from '../services';
import { followMilestones } from './milestones';
import { suggestBackend } from './suggest-backend';

/** Backends, what the machine holds, the sample project and the walkthrough. */
export function register(services: Services): vscode.Disposable[] {
  const { log } = services;
  askBeforeFetching();
  return [
    registerCommand(log, 'retort.installBackend', async () =>
      (await import('./install-backend.js')).installBackend(),
    ),
    registerCommand(log, 'retort.removeBackend', async () =>
      (await import('./install-backend.js')).removeBackend(),
    ),
    registerCommand(log, 'retort.fetchHelpers', provideAllNatives),
    registerCommand(log, 'retort.showDiskUse', async () =>
      (await import('./show-disk-use.js')).showDiskUse(services.runs),
    ),
    registerCommand(log, 'retort.prune', async () =>
      (await import('./prune.js')).prune(services.runs.allFolders()),
    ),
    registerCommand(log, 'retort.openSampleProject', async () =>
      (await import('./open-sample-project.js')).openSampleProject(),
    ),
    followMilestones(services),
    suggestBackend(services),
    onSettingChanged('retort.home', followHome),
  ];
}

/** Processes take Retort's home from the environment; what has started keeps the one that it has. */
function followHome(): void {
  const home = readSetting('retort.home');
  if (home === '') delete process.env.RETORT_HOME;
  else process.env.RETORT_HOME = home;
  forgetDevice();
  void vscode.window.showInformationMessage(
    vscode.l10n.t('New runs use the new folder; backends and data sets in the old one stay there.'),
  );
}
