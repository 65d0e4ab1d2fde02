import * as vscode from 'vscode';
import { registerCommand } from '../../common/commands';
import type { Services } from '../../services';
import type { ExperimentsView } from '../experiments-view';

/** Filter, sort, refresh: which rows the view shows, and in which order. */
export function registerOrder({ log, runs }: Services, experiments: ExperimentsView): vscode.Disposable[] {
  const location = { viewId: 'retort.experiments' };
  return [
    registerCommand(log, 'retort.filterRuns', () => askFilter(experiments)),
    registerCommand(log, 'retort.clearFilter', () => void (experiments.filter = '')),
    registerCommand(log, 'retort.sortByNewest', () => void (experiments.sort = 'newest')),
    registerCommand(log, 'retort.sortByBest', () => void (experiments.sort = 'best')),
    registerCommand(log, 'retort.sortByName', () => void (experiments.sort = 'name')),
    registerCommand(log, 'retort.refreshRuns', () =>
      vscode.window.withProgress({ location }, () => runs.searchAgain()),
    ),
  ];
}

/** The tree follows what is typed; Escape brings back what was there before. */
function askFilter(experiments: ExperimentsView): void {
  const before = experiments.filter;
  const input = vscode.window.createInputBox();
  input.title = vscode.l10n.t('Filter Runs');
  input.placeholder = vscode.l10n.t('Words in names, tags, notes or states');
  input.value = before;
  input.ignoreFocusOut = true;
  let isAccepted = false;
  input.onDidChangeValue((text) => (experiments.filter = text));
  input.onDidAccept(() => {
    isAccepted = true;
    input.hide();
  });
  input.onDidHide(() => {
    if (!isAccepted) experiments.filter = before;
    input.dispose();
  });
  input.show();
}
