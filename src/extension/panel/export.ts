import * as fs from 'node:fs/promises';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';

const FILTERS = {
  svg: () => vscode.l10n.t('Picture (SVG)'),
  png: () => vscode.l10n.t('Picture (PNG)'),
  csv: () => vscode.l10n.t('Table (CSV)'),
};
export type Format = keyof typeof FILTERS;

/**
 * Asks where to save a file and writes it there, whole or not at all.
 * @param folder proposed
 * @param name proposed, without the ending
 * @param write writes the content to a file of this machine
 */
export async function saveFile(
  folder: string,
  name: string,
  format: Format,
  write: (file: string) => Promise<void>,
): Promise<void> {
  const proposed = `${name.replace(/[^\p{L}\p{N}.+_-]+/gu, '-')}.${format}`;
  const chosen = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.file(path.join(folder, proposed)),
    filters: { [FILTERS[format]()]: [format] },
  });
  if (chosen === undefined) return;
  const aside = await fs.mkdtemp(path.join(os.tmpdir(), 'retort-'));
  try {
    const file = path.join(aside, proposed);
    await write(file);
    // The place need not be on this machine.
    await vscode.workspace.fs.copy(vscode.Uri.file(file), chosen, { overwrite: true });
  } finally {
    await fs.rm(aside, { recursive: true, force: true });
  }
  vscode.window.setStatusBarMessage(vscode.l10n.t('Saved {0}', path.posix.basename(chosen.path)), 5000);
}
