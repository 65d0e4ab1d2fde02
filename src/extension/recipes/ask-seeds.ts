import * as vscode from 'vscode';
import { parseSeeds } from './parse-seeds';

/** Asks for seeds; undefined where the user gives none. */
export async function askSeeds(proposed: readonly number[]): Promise<number[] | undefined> {
  const text = await vscode.window.showInputBox({
    title: vscode.l10n.t('Run with seeds'),
    prompt: vscode.l10n.t('A run for each, to see the spread: as in 0, 1, 2 or 0-4'),
    value: proposed.join(', '),
    ignoreFocusOut: true,
    validateInput: (written) =>
      parseSeeds(written) === undefined
        ? vscode.l10n.t('Write whole numbers and ranges, as in 0, 1, 2 or 0-4')
        : undefined,
  });
  return text === undefined ? undefined : parseSeeds(text);
}
