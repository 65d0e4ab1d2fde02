import * as path from 'node:path';
import * as vscode from 'vscode';
import { InputError } from '../../common/errors';
import { packageRoot } from '../../common/files';
import { createRun } from '../../runs/folder';
import type { Launcher } from '../common/launcher';
import { isLive, type ReadableSeenRun } from '../common/seen-run';
import { runLabel } from './model/run-row';

/**
 * Starts a run's worker under the debugger: a run that has not come to its end goes on, of one that has, a new run of
 * the same recipe is made. Breakpoints in the workspace's model files hold.
 */
export async function debugRun(seen: ReadableSeenRun, launcher: Launcher): Promise<void> {
  const { state, recipe } = seen.seen;
  if (isLive(state) && state !== 'queued') {
    throw new InputError(vscode.l10n.t('Run {0} is {1}; stop it first, then debug it', seen.run.id, state));
  }
  const { retortFolder } = seen.run;
  const isOver = state === 'done';
  const run = isOver
    ? await createRun(retortFolder, recipe, {
        requestedBackend: launcher.backendFor(path.dirname(retortFolder)),
      })
    : seen.run;
  const launch = await launcher.prepareDebug(run);
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(launch.cwd));
  const isStarted = await vscode.debug.startDebugging(folder, {
    type: 'node',
    request: 'launch',
    name: vscode.l10n.t('Run {0}', `${recipe.name} / ${runLabel(seen)}`),
    ...launch,
    outputCapture: 'std',
    internalConsoleOptions: 'openOnSessionStart',
    // The models' script is made in memory and runs at once: only a pause leaves time to set breakpoints in it.
    pauseForSourceMap: true,
    outFiles: [],
    resolveSourceMapLocations: ['**', '!**/node_modules/**'],
    skipFiles: ['<node_internals>/**', path.join(packageRoot(), 'dist', '**'), '**/node_modules/**'],
  });
  if (!isStarted) {
    throw new InputError(vscode.l10n.t('The debugger did not start; is JavaScript debugging enabled?'));
  }
}
