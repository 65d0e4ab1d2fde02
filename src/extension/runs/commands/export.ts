import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { InputError } from '../../../common/errors';
import { readMetricsCsv } from '../../../runs/csv';
import { recipeOfTrained } from '../../../runs/trained';
import { registerCommand } from '../../common/commands';
import { isReadable, type ReadableSeenRun, type SeenRun } from '../../common/seen-run';
import type { Services } from '../../services';
import { runLabel } from '../model/run-row';
import type { Targets } from './targets';

/** Metrics as CSV, the student as a model. */
export function registerExport(services: Services, targets: Targets): vscode.Disposable[] {
  const { log } = services;
  const { t } = vscode.l10n;
  return [
    registerCommand(log, 'retort.exportMetrics', async (target: unknown) => {
      const run = await targets.readableRun(target, { title: t('Export Metrics') });
      await exportMetrics(run);
    }),
    registerCommand(log, 'retort.exportStudent', async (target: unknown) => {
      const filter = (run: SeenRun): boolean => isReadable(run) && run.seen.info.attempt > 0;
      const run = await targets.readableRun(target, { title: t('Export Student'), filter });
      await exportStudent(services, run);
    }),
  ];
}

async function exportMetrics(run: ReadableSeenRun): Promise<void> {
  const target = await vscode.window.showSaveDialog({
    title: vscode.l10n.t('Export Metrics'),
    defaultUri: proposal(run, '.csv'),
    filters: { CSV: ['csv'] },
  });
  if (target === undefined) return;
  const title = vscode.l10n.t('Exporting metrics of {0}', runLabel(run));
  const location = vscode.ProgressLocation.Notification;
  const isWhole = await vscode.window.withProgress({ location, title, cancellable: true }, (_, cancel) =>
    writeAside(target.fsPath, stopWhen(readMetricsCsv(run.run), cancel)),
  );
  if (isWhole) await offerReveal(target);
}

/** Writes a file whole or not at all; false if it was cancelled. */
async function writeAside(file: string, parts: AsyncIterable<string>): Promise<boolean> {
  const aside = `${file}.part`;
  try {
    await fs.promises.writeFile(aside, parts);
    await fs.promises.rename(aside, file);
    return true;
  } catch (error) {
    await fs.promises.rm(aside, { force: true });
    if (error instanceof vscode.CancellationError) return false;
    throw error;
  }
}

async function* stopWhen(
  parts: AsyncIterable<string>,
  cancel: vscode.CancellationToken,
): AsyncGenerator<string> {
  for await (const part of parts) {
    if (cancel.isCancellationRequested) throw new vscode.CancellationError();
    yield part;
  }
}

async function exportStudent({ launcher }: Services, seen: ReadableSeenRun): Promise<void> {
  const { run } = seen;
  const chosen = await vscode.window.showOpenDialog({
    title: vscode.l10n.t('Export the student of {0} into a new folder here', runLabel(seen)),
    openLabel: vscode.l10n.t('Export Here'),
    canSelectFiles: false,
    canSelectFolders: true,
    defaultUri: vscode.Uri.file(path.dirname(run.retortFolder)),
  });
  if (chosen?.[0] === undefined) return;
  const folder = path.join(chosen[0].fsPath, fileName(seen));
  if (fs.existsSync(folder))
    throw new InputError(vscode.l10n.t('{0} is there already; move it away first', folder));
  const { ExportRequest } = await import('../../../protocol/inspector.js');
  const workspace = path.dirname(run.retortFolder);
  const question = {
    workspace,
    retort: run.retortFolder,
    backend: launcher.backendFor(workspace),
    recipe: await recipeOfTrained(run),
    folder,
  };
  const title = vscode.l10n.t('Exporting the student of {0}', runLabel(seen));
  const location = vscode.ProgressLocation.Notification;
  await vscode.window.withProgress({ location, title, cancellable: true }, async (progress, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    try {
      await launcher.ask(ExportRequest, question, {
        signal: controller.signal,
        onStage: (message) => progress.report({ message }),
      });
    } catch (error) {
      throw token.isCancellationRequested ? new vscode.CancellationError() : error;
    }
  });
  await offerReveal(vscode.Uri.file(path.join(folder, 'model.json')));
}

async function offerReveal(file: vscode.Uri): Promise<void> {
  const reveal = vscode.l10n.t('Show in Folder');
  const message = vscode.l10n.t('Written to {0}', file.fsPath);
  const answer = await vscode.window.showInformationMessage(message, reveal);
  if (answer === reveal) await vscode.commands.executeCommand('revealFileInOS', file);
}

function proposal(run: ReadableSeenRun, extension: string): vscode.Uri {
  return vscode.Uri.file(path.join(path.dirname(run.run.retortFolder), fileName(run) + extension));
}

/** A name for a file: what the recipe is called, as far as every file system takes it, and the run's id. */
function fileName({ run, seen: { recipe } }: ReadableSeenRun): string {
  const name = recipe.name.replace(/[^\p{Letter}\p{Number}._-]+/gu, '-').replace(/^[.-]+/, '');
  return `${name.slice(0, 80)}-${run.id}`;
}
