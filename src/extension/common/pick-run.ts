import * as vscode from 'vscode';
import { InputError } from '../../common/errors';
import { ago } from '../../common/format';
import { variantOf } from '../../recipe/names';
import { experimentNames } from './experiment-names';
import { requireFolder } from './require-folder';
import type { RunStore } from './run-store';
import { isReadable, type SeenRun } from './seen-run';

interface RunPick extends vscode.QuickPickItem {
  readonly run: SeenRun;
}

export interface PickOptions {
  readonly title: string;
  /** The runs to choose from; default: all. */
  readonly filter?: (run: SeenRun) => boolean;
}

/**
 * Lets the person pick one run, the newest first; throws `CancellationError` if none is picked, `InputError` where there
 * is none to pick.
 */
export async function pickRun(store: RunStore, options: PickOptions): Promise<SeenRun> {
  const picks = await picksFrom(store, options);
  const picked = await vscode.window.showQuickPick(picks, {
    ...pickOptions(options.title),
    ignoreFocusOut: true,
  });
  if (picked === undefined) throw new vscode.CancellationError();
  return picked.run;
}

/** The same for any number of runs. */
export async function pickRuns(store: RunStore, options: PickOptions): Promise<SeenRun[]> {
  const picks = await picksFrom(store, options);
  const picked = await vscode.window.showQuickPick(picks, {
    ...pickOptions(options.title),
    canPickMany: true,
    ignoreFocusOut: true,
  });
  if (picked === undefined || picked.length === 0) throw new vscode.CancellationError();
  return picked.map(({ run }) => run);
}

async function picksFrom(store: RunStore, { filter = () => true }: PickOptions): Promise<RunPick[]> {
  requireFolder();
  await store.ready;
  const runs = store.all();
  if (runs.length === 0) {
    throw new InputError(
      vscode.l10n.t('There are no runs yet: run a recipe, or write one with "Retort: Distill"'),
    );
  }
  const fitting = runs.filter(filter);
  if (fitting.length === 0) {
    throw new InputError(vscode.l10n.t('None of the runs is in a state that allows this'));
  }
  const experimentOf = experimentNames(runs);
  return fitting
    .sort((one, other) => (one.run.id < other.run.id ? 1 : -1))
    .map((run) => ({ run, ...describe(run, experimentOf) }));
}

function pickOptions(title: string): vscode.QuickPickOptions {
  return {
    title,
    placeHolder: vscode.l10n.t('Name, state or id of a run'),
    matchOnDescription: true,
    matchOnDetail: true,
  };
}

function describe(run: SeenRun, experimentOf: ReturnType<typeof experimentNames>): vscode.QuickPickItem {
  const { name, note } = run.notes;
  if (!isReadable(run)) return { label: name ?? run.run.id, description: vscode.l10n.t('cannot be read') };
  const { recipe, state, info } = run.seen;
  const own = name ?? vscode.l10n.t('seed {0}', recipe.train.seed);
  return {
    // A name may be a stranger's: "$(…)" in it is not to become an icon.
    label: `${experimentOf(run)} / ${variantOf(recipe)} / ${own}`.replaceAll('$(', '$\u200b('),
    description: `${state} · ${ago(new Date(info.createdAt))}`,
    detail: [run.run.id, note?.split('\n')[0]].filter(Boolean).join(' · '),
  };
}
