import * as path from 'node:path';
import * as vscode from 'vscode';
import { InputError } from '../../common/errors';
import { packageRoot } from '../../common/files';
import { prepareDebug } from '../../launch/debug';
import { createRun } from '../../runs/folder';
import { isLive, type ReadableSeenRun } from '../common/seen-run';
import { readSetting } from '../common/settings';
import { runLabel } from './model/run-row';

/**
 * Starts a run's worker under the debugger: a run that has not come to its end goes on, of one that has, a new run of
 * the same recipe is made. Breakpoints in the workspace's model files hold.
 */
export async function debugRun(seen: ReadableSeenRun, backend: string): Promise<void> {
  const { state, recipe } = seen.seen;
  if (isLive(state) && state !== 'queued') {
    throw new InputError(vscode.l10n.t('Run {0} is {1}; stop it first, then debug it', seen.run.id, state));
  }
  const { retortFolder } = seen.run;
  const run =
    state === 'done' ? await createRun(retortFolder, recipe, { requestedBackend: backend }) : seen.run;
  const node = readSetting('retort.node');
  const launch = await prepareDebug(run, node === '' ? {} : { node });
  const isStarted = await vscode.debug.startDebugging(
    vscode.workspace.getWorkspaceFolder(vscode.Uri.file(launch.cwd)),
    {
      type: 'node',
      request: 'launch',
      name: vscode.l10n.t('Run {0}', `${recipe.name} / ${runLabel(seen)}`),
      ...launch,
      outputCapture: 'std',
      internalConsoleOptions: 'openOnSessionStart',
      resolveSourceMapLocations: ['**', '!**/node_modules/**'],
      skipFiles: ['<node_internals>/**', path.join(packageRoot(), '**'), '**/node_modules/**'],
    },
  );
  if (!isStarted)
    throw new InputError(vscode.l10n.t('The debugger did not start; is JavaScript debugging enabled?'));
}
