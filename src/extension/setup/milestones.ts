import * as vscode from 'vscode';
import { isReadable } from '../common/seen-run';
import type { Services } from '../services';

/** Tells the walkthrough how far the person has come: context keys that complete its steps. */
export function followMilestones({ runs }: Services): vscode.Disposable {
  const reached = new Set<string>();
  const reach = (key: string): void => {
    if (reached.has(key)) return;
    reached.add(key);
    void vscode.commands.executeCommand('setContext', key, true);
  };
  const look = (): void => {
    for (const run of runs.all()) {
      if (!isReadable(run) || run.seen.info.state !== 'done') continue;
      reach(run.seen.recipe.hooks.length > 0 ? 'retort.hasDistilled' : 'retort.hasTrained');
    }
  };
  look();
  return runs.onDidChange(look);
}
