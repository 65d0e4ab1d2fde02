import * as vscode from 'vscode';
import { InputError } from '../../common/errors';
import {
  ASK_FIRST,
  isMissing,
  type NativeName,
  nativeNames,
  natives,
  nativesFolder,
} from '../../common/natives';

/**
 * Has the missing ones of these packages fetched, if the user agrees: this window asks, so the processes that it
 * starts do not fetch by themselves.
 *
 * @param quietly - for work that the user did not ask for: throws instead of asking
 */
export async function provideNatives(
  names: readonly NativeName[],
  { quietly = false }: { readonly quietly?: boolean } = {},
): Promise<void> {
  const missing = names.filter(isMissing);
  if (missing.length === 0) return;
  if (quietly || !(await agreed(missing))) {
    throw new InputError(
      vscode.l10n.t(
        '{0} is needed and not fetched yet: run "Retort: Fetch Helper Programs"',
        missing.join(', '),
      ),
    );
  }
  const { provideNatives: fetchMissing } = await import('../../launch/natives.js');
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Retort', cancellable: true },
    async (progress, cancelled) => {
      const controller = new AbortController();
      cancelled.onCancellationRequested(() => controller.abort(new vscode.CancellationError()));
      await fetchMissing(missing, {
        onStage: (message) => progress.report({ message }),
        signal: controller.signal,
      });
    },
  );
}

/** Fetches all, for work without a network later. */
export async function provideAllNatives(): Promise<void> {
  if (!nativeNames.some(isMissing)) {
    await vscode.window.showInformationMessage(
      vscode.l10n.t('Nothing to fetch: all helper programs are there.'),
    );
    return;
  }
  await provideNatives(nativeNames);
}

export function askBeforeFetching(): void {
  process.env[ASK_FIRST] = '1';
}

async function agreed(missing: readonly NativeName[]): Promise<boolean> {
  const purposes: Readonly<Record<NativeName, string>> = {
    esbuild: vscode.l10n.t('read model files'),
    sharp: vscode.l10n.t('read image files'),
  };
  const fetch = vscode.l10n.t('Fetch');
  const megabytes = missing.reduce((sum, name) => sum + natives[name].megabytes, 0);
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t(
      'Retort needs {0} ({1} MB) to {2}.',
      missing.join(', '),
      megabytes,
      missing.map((name) => purposes[name]).join(', '),
    ),
    {
      modal: true,
      detail: vscode.l10n.t(
        'It is fetched once from the npm registry that this machine is set to use, checked against its known hash, and kept in {0}.',
        nativesFolder(),
      ),
    },
    fetch,
  );
  return chosen === fetch;
}
