import * as vscode from 'vscode';
import { groupBy } from '../../common/group-by';
import { executeCommand } from '../common/commands';
import { isReadable, isLive, type ReadableSeenRun, type RunChange } from '../common/seen-run';
import type { Services } from '../services';
import { endingText, EndingWatch } from './model/ending';

const LIVE_KEYS = 'runs.live';

/**
 * Tells how runs end that this window saw at work, once each. What ended while no window was open is only counted, on
 * the view's icon, until the view is looked at.
 */
export class Notifier implements vscode.Disposable {
  private readonly watch = new EndingWatch();
  private readonly listeners: vscode.Disposable[];

  constructor(
    private readonly services: Services,
    private readonly view: vscode.TreeView<unknown>,
  ) {
    this.listeners = [
      services.runs.onDidChange((change) => this.take(change)),
      view.onDidChangeVisibility(({ visible }) => {
        if (visible) view.badge = undefined;
      }),
    ];
    void services.runs.ready.then(() => this.countMissed());
  }

  dispose(): void {
    for (const listener of this.listeners) listener.dispose();
  }

  private take(change: RunChange): void {
    const before = this.watch.keys.join('\n');
    const ended = this.watch.take(change);
    const live = this.watch.keys;
    if (live.join('\n') !== before) void this.services.context.workspaceState.update(LIVE_KEYS, live);
    for (const alike of groupBy(ended, ({ seen }) => seen.state).values()) {
      this.tell(alike).then(undefined, (error: unknown) => this.services.log.error(String(error)));
    }
  }

  private async tell(runs: readonly ReadableSeenRun[]): Promise<void> {
    const text = endingText(runs, this.services.runs.all().filter(isReadable));
    const { state } = runs[0]!.seen;
    if (state === 'stopped') {
      vscode.window.setStatusBarMessage(text, 8000);
      return;
    }
    const { t } = vscode.l10n;
    const [only, ...others] = runs.map(({ key }) => key);
    const isOne = others.length === 0;
    const actions: Record<string, () => Thenable<unknown>> = {
      ...(isOne && { [t('Open')]: () => executeCommand('retort.openRun', only) }),
      ...(state !== 'done' && isOne && { [t('Show Log')]: () => executeCommand('retort.showRunLog', only) }),
      ...(state !== 'done' && { [t('Resume')]: () => executeCommand('retort.resumeRun', [only, ...others]) }),
      ...(!isOne && { [t('Show Runs')]: () => vscode.commands.executeCommand('retort.experiments.focus') }),
    };
    const show = { done: vscode.window.showInformationMessage, failed: vscode.window.showErrorMessage };
    const showMessage =
      state === 'done' || state === 'failed' ? show[state] : vscode.window.showWarningMessage;
    const chosen = await showMessage(text, ...Object.keys(actions));
    if (chosen !== undefined) await actions[chosen]?.();
  }

  private countMissed(): void {
    const { context, runs } = this.services;
    const missed = (context.workspaceState.get<string[]>(LIVE_KEYS) ?? []).filter((key) => {
      const run = runs.get(key);
      return run !== undefined && isReadable(run) && !isLive(run.seen.state);
    });
    void context.workspaceState.update(LIVE_KEYS, this.watch.keys);
    if (missed.length === 0 || this.view.visible) return;
    const tooltip = vscode.l10n.t('{0} runs ended while this window was closed', missed.length);
    this.view.badge = { value: missed.length, tooltip };
  }
}
