import * as vscode from 'vscode';
import type { Subject } from '../../protocol/panel';
import { InputError } from '../../common/errors';
import { registerCommand } from '../common/commands';
import { pickRun, pickRuns } from '../common/pick-run';
import type { Services } from '../services';
import { PANEL_TYPE } from './contributions';
import type { Panels } from './panels';

export function register(services: Services): vscode.Disposable[] {
  const { log, runs } = services;
  const panels = new LazyPanels(services);
  return [
    panels,
    vscode.window.registerWebviewPanelSerializer(PANEL_TYPE, {
      deserializeWebviewPanel: async (panel, state) =>
        (await panels.get()).deserializeWebviewPanel(panel, state),
    }),
    registerCommand(log, 'retort.openRun', async (target: unknown) => {
      const key = keyOf(target) ?? (await pickRun(runs, { title: vscode.l10n.t('Open Run') })).key;
      await panels.open({ kind: 'run', keys: [key] });
    }),
    registerCommand(log, 'retort.compareRuns', async (target: unknown) => {
      const picked = Array.isArray(target)
        ? target.map(keyOf).filter((key) => key !== undefined)
        : (await pickRuns(runs, { title: vscode.l10n.t('Compare Runs') })).map(({ key }) => key);
      const keys = [...new Set(picked)].sort();
      if (keys.length < 2) throw new InputError(vscode.l10n.t('Comparing takes at least two runs'));
      if (keys.length > MOST_COMPARED) {
        throw new InputError(vscode.l10n.t('At most {0} runs can be compared at once', MOST_COMPARED));
      }
      await panels.open({ kind: 'comparison', keys });
    }),
  ];
}

const MOST_COMPARED = 50;

/** A run's folder, or the item of a tree that stands for it. */
function keyOf(target: unknown): string | undefined {
  if (typeof target === 'string') return target;
  if (typeof target !== 'object' || target === null || !('key' in target)) return undefined;
  return typeof target.key === 'string' ? target.key : undefined;
}

/** The panels, loaded when the first is opened. */
class LazyPanels implements vscode.Disposable {
  private panels: Promise<Panels> | undefined;

  constructor(private readonly services: Services) {}

  get(): Promise<Panels> {
    this.panels ??= import('./panels.js').then(({ Panels }) => new Panels(this.services));
    return this.panels;
  }

  async open(subject: Subject): Promise<void> {
    (await this.get()).open(subject);
  }

  dispose(): void {
    void this.panels?.then((panels) => panels.dispose());
  }
}
