import * as vscode from 'vscode';
import { asInputError } from '../../common/disk-faults';
import { messageOf } from '../../common/errors';
import { type CommandName, features } from '../contributions';
import { ErrorWithRemedies, type Remedy } from './error-with-remedies';
import type { CommandContribution } from './manifest';

const contributed: readonly CommandContribution[] = features.flatMap(
  (feature): readonly CommandContribution[] => ('commands' in feature ? feature.commands : []),
);

/** Registers a contributed command: what fails is logged and told, what needs a trusted workspace is refused in others. */
export function registerCommand(
  log: vscode.LogOutputChannel,
  name: CommandName,
  // Arguments come from menus, links and other extensions; each handler checks its own.
  handler: (...args: never[]) => unknown,
): vscode.Disposable {
  const needsTrust = contributed.some(({ command, needsTrust }) => command === name && needsTrust === true);
  return vscode.commands.registerCommand(name, async (...args: never[]) => {
    try {
      if (needsTrust) requireTrust();
      return await handler(...args);
    } catch (error) {
      if (error instanceof vscode.CancellationError) return undefined;
      await tellError(log, error);
      return undefined;
    }
  });
}

export function executeCommand<Result>(name: CommandName, ...args: unknown[]): Thenable<Result> {
  return vscode.commands.executeCommand<Result>(name, ...args);
}

/** Throws `InputError` in an untrusted workspace: model files are code. */
export function requireTrust(): void {
  if (vscode.workspace.isTrusted) return;
  throw new ErrorWithRemedies(
    vscode.l10n.t(
      'This workspace is not trusted, and running or inspecting a model runs its code; trust it first',
    ),
    [{ title: vscode.l10n.t('Manage Workspace Trust'), command: 'workbench.trust.manage' }],
  );
}

/**
 * Tells an error: with what mends it where that is a command, else with the log at hand. A message without a button is
 * cut off after its first line, and goes away by itself.
 */
export async function tellError(log: vscode.LogOutputChannel, error: unknown): Promise<void> {
  log.error(error instanceof Error ? error : String(error));
  const told = asInputError(error);
  const remedies: readonly Remedy[] =
    told instanceof ErrorWithRemedies
      ? told.remedies
      : [{ title: vscode.l10n.t('Show Log'), command: 'retort.showLog' }];
  const chosen = await vscode.window.showErrorMessage(messageOf(told), ...remedies.map(({ title }) => title));
  const remedy = remedies.find(({ title }) => title === chosen);
  if (remedy !== undefined) await vscode.commands.executeCommand(remedy.command);
}
