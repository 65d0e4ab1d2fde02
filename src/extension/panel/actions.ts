import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Action } from '../../protocol/panel-sections';
import { runFolderOf } from '../../runs/folder';
import { restoreRun } from '../../runs/trash';
import { aloneOf } from '../common/baseline';
import { executeCommand } from '../common/commands';
import { isReadable } from '../common/seen-run';
import { startSeeds } from '../common/start-seeds';
import type { Services } from '../services';

/** Does what a person asks of a run, or of its panel; the commands refuse what an untrusted workspace may not. */
export async function act(action: Action, key: string, services: Services, close: () => void): Promise<void> {
  switch (action) {
    case 'stop':
      return executeCommand('retort.stopRun', key);
    case 'stopAfterEpoch':
      return executeCommand('retort.stopRunAfterEpoch', key);
    case 'resume':
      return executeCommand('retort.resumeRun', key);
    case 'checkpoint':
      return executeCommand('retort.checkpointRun', key);
    case 'openLog':
      return executeCommand('retort.showRunLog', key);
    case 'exportStudent':
      return executeCommand('retort.exportStudent', key);
    case 'reveal':
      return executeCommand('retort.revealRunInExplorer', key);
    case 'openRecipe': {
      await vscode.window.showTextDocument(vscode.Uri.file(path.join(key, 'recipe.json')));
      return;
    }
    case 'restore':
      await restoreRun(runFolderOf(key));
      return services.runs.refresh();
    case 'close':
      return close();
    case 'trainBaseline': {
      const run = services.runs.get(key);
      if (run === undefined || !isReadable(run)) return;
      const { recipe } = run.seen;
      return startSeeds(aloneOf(recipe), run.run.retortFolder, [recipe.train.seed], services);
    }
  }
}
