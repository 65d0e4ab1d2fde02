import * as path from 'node:path';
import * as vscode from 'vscode';
import { percent } from '../../common/format';
import { variantOf } from '../../recipe/names';
import { executeCommand, registerCommand } from '../common/commands';
import { experimentNames } from '../common/experiment-names';
import { pickRun } from '../common/pick-run';
import { isReadable, type ReadableSeenRun, type SeenRun } from '../common/seen-run';
import type { Services } from '../services';
import { runLabel, runMetric } from './model/run-row';
import { fractionDone, roughly, type TimeLeft } from './model/time-left';

const AT_WORK = new Set(['starting', 'running', 'stopping']);

/** The run at work, and the active recipe. */
export function registerStatusBar(services: Services, timeLeft: TimeLeft): vscode.Disposable[] {
  const { log, runs, activeRecipe } = services;
  const { t } = vscode.l10n;
  const runItem = vscode.window.createStatusBarItem('retort.run', vscode.StatusBarAlignment.Left, 20);
  runItem.name = t('Retort: Run');
  runItem.command = 'retort.openActiveRun';
  const recipeItem = vscode.window.createStatusBarItem('retort.recipe', vscode.StatusBarAlignment.Left, 19);
  recipeItem.name = t('Retort: Active Recipe');
  recipeItem.command = 'retort.pickActiveRecipe';
  const drawRun = (): void => show(runItem, runs.all(), timeLeft);
  const drawRecipe = (): void => {
    const { uri } = activeRecipe;
    if (uri === undefined) return recipeItem.hide();
    recipeItem.text = `$(beaker) ${plainText(recipeText(uri))}`;
    recipeItem.tooltip = t('Active recipe: {0}', vscode.workspace.asRelativePath(uri));
    recipeItem.show();
  };
  drawRun();
  drawRecipe();
  return [
    runItem,
    recipeItem,
    runs.onDidChange(drawRun),
    activeRecipe.onDidChange(drawRecipe),
    vscode.workspace.onDidChangeWorkspaceFolders(drawRecipe),
    registerCommand(log, 'retort.openActiveRun', async () => {
      const atWork = runs.all().filter(isAtWork);
      const [only] = atWork;
      const chosen =
        atWork.length === 1 && only ? only : await pickRun(runs, { title: t('Open Run'), filter: isAtWork });
      await executeCommand('retort.openRun', chosen.key);
    }),
  ];
}

/** `kd-tat`, and of which folder where there are several: `kd-tat · second`. */
function recipeText(uri: vscode.Uri): string {
  const { workspaceFolders: folders = [], getWorkspaceFolder } = vscode.workspace;
  const folder = folders.length > 1 ? getWorkspaceFolder(uri) : undefined;
  return joined([path.basename(uri.fsPath, '.distill.json'), ...(folder ? [folder.name] : [])]);
}

function isAtWork(run: SeenRun): run is ReadableSeenRun {
  return isReadable(run) && AT_WORK.has(run.seen.state);
}

function show(item: vscode.StatusBarItem, all: readonly SeenRun[], timeLeft: TimeLeft): void {
  const runs = all.filter(isAtWork);
  const [first] = runs;
  if (first === undefined) return item.hide();
  const text =
    runs.length > 1 ? vscode.l10n.t('{0} runs', runs.length) : joined(shortTexts(first, timeLeft.of(first)));
  item.text = `$(play-circle) ${text}`;
  const experimentOf = experimentNames(all);
  item.tooltip = runs
    .map((run) => joined([experimentOf(run), ...shortTexts(run, timeLeft.of(run))]))
    .join('\n');
  item.accessibilityInformation = { label: vscode.l10n.t('Retort: {0}', item.tooltip) };
  item.show();
}

/** `kd+tat, seed 4`, `62 %`, `86.1 %`, `2 m left` */
function shortTexts(run: ReadableSeenRun, left: number | undefined): string[] {
  const { recipe, state } = run.seen;
  const fraction = fractionDone(run);
  const metric = runMetric(run, 'validation');
  return [
    plainText(`${variantOf(recipe)}, ${runLabel(run)}`),
    state === 'running' && fraction !== undefined ? percent(fraction, 0) : state,
    ...(metric === undefined ? [] : [vscode.l10n.t('accuracy {0}', percent(metric))]),
    ...(left === undefined ? [] : [vscode.l10n.t('{0} left', roughly(left))]),
  ];
}

function joined(parts: readonly string[]): string {
  return parts.join(' · ');
}

/** A name may be a stranger's: no icons from it. */
function plainText(name: string): string {
  return name.replaceAll('$(', '$\u200b(');
}
