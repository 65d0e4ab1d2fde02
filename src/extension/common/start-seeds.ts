import * as vscode from 'vscode';
import { groupKey, variantOf } from '../../recipe/names';
import type { Recipe } from '../../recipe/schema';
import type { Services } from '../services';
import { executeCommand } from './commands';
import { isLive, isReadable } from './seen-run';

/**
 * Starts a run of a resolved recipe for each seed and opens the panel on the first. Where the device is at work
 * already, the new runs wait for it, and a message says so.
 */
export async function startSeeds(
  recipe: Recipe,
  retortFolder: string,
  seeds: readonly number[],
  { launcher, runs }: Pick<Services, 'launcher' | 'runs'>,
): Promise<void> {
  const [first, ...others] = seeds;
  if (first === undefined) return;
  const busy = runs.all().filter((run) => isReadable(run) && isLive(run.seen.state));
  const started = await launcher.start(retortFolder, seeded(recipe, first));
  const isTwin = busy.some(
    (run) =>
      isReadable(run) &&
      run.run.retortFolder === started.retortFolder &&
      groupKey(run.seen.recipe) === groupKey(recipe) &&
      seeds.includes(run.seen.recipe.train.seed),
  );
  await runs.refresh();
  void executeCommand('retort.openRun', started.folder);
  for (const seed of others) await launcher.start(retortFolder, seeded(recipe, seed));
  await runs.refresh();
  const waiting = busy.length === 0 ? others.length : seeds.length;
  if (waiting > 0) tellWaiting(recipe, waiting, isTwin);
}

function seeded(recipe: Recipe, seed: number): Recipe {
  return { ...recipe, train: { ...recipe.train, seed } };
}

function tellWaiting(recipe: Recipe, waiting: number, isTwin: boolean): void {
  const name = `${recipe.name} / ${variantOf(recipe)}`;
  const { l10n } = vscode;
  const message = isTwin
    ? l10n.t('{0} with this seed is running already; the new run waits in the queue.', name)
    : waiting === 1
      ? l10n.t('{0}: one run waits in the queue until the device is free.', name)
      : l10n.t('{0}: {1} runs wait in the queue until the device is free.', name, waiting);
  void vscode.window.showInformationMessage(message);
}
