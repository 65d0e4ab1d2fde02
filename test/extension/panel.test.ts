import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { isReadable, type ReadableSeenRun, type SeenRun } from '../../src/extension/common/seen-run';
import type { Services } from '../../src/extension/services';

/** The titles of the open panels. */
function panels(): string[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(({ input }) => input instanceof vscode.TabInputWebview && input.viewType.endsWith('retort.run'))
    .map(({ label }) => label);
}

/** Waits until the titles are these: a panel has its own once its page has asked and was answered. */
async function panelsBecome(titles: readonly string[]): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (panels().join('|') !== titles.join('|') && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.deepEqual(panels(), titles);
}

describe('the panel', () => {
  let services: Services;
  const find = (variant: string, seed: number): SeenRun =>
    services.runs
      .all()
      .find(
        ({ seen }) =>
          typeof seen === 'object' &&
          seen.recipe.train.seed === seed &&
          (variant === 'alone') === (seen.recipe.hooks.length === 0) &&
          (seen.recipe.teacher !== undefined || variant === 'alone'),
      )!;

  before(async () => {
    services = await vscode.extensions.getExtension<Services>('retort.retort')!.activate();
    await services.runs.ready;
  });
  beforeEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('opens on a run, once, and shows what its files say', async () => {
    const run = find('kd+tat', 1);
    await vscode.commands.executeCommand('retort.openRun', run.key);
    await panelsBecome(['kd+tat, seed 1']);
    await vscode.commands.executeCommand('retort.openRun', { key: run.key });
    assert.deepEqual(panels(), ['kd+tat, seed 1']);
  });

  it('compares runs, their groups standing for those that are there with all their seeds', async () => {
    const { recipe } = (find('kd+tat', 0) as ReadableSeenRun).seen;
    const isDone = (run: SeenRun): boolean =>
      isReadable(run) && run.seen.state === 'done' && run.seen.recipe.name === recipe.name;
    const keys = services.runs
      .all()
      .filter(isDone)
      .map(({ key }) => key);
    assert.ok(keys.length >= 4);
    await vscode.commands.executeCommand('retort.compareRuns', keys);
    await panelsBecome(['Compare 2']);
    await vscode.commands.executeCommand('retort.compareRuns', keys.reverse());
    assert.deepEqual(panels(), ['Compare 2']);
  });

  it('says of a run that is not there that it is gone', async () => {
    await vscode.commands.executeCommand('retort.openRun', '/nowhere/.retort/runs/20250101-000000-gone');
    await panelsBecome(['20250101-000000-gone']);
  });
});
