import * as l10n from '@vscode/l10n';
import * as vscode from 'vscode';
import { ActiveRecipe } from './common/active-recipe';
import { registerCommand } from './common/commands';
import { Launcher } from './common/launcher';
import { ModelSummaries } from './common/model-summaries';
import { RunStore } from './common/run-store';
import { readSetting } from './common/settings';
import * as distill from './distill';
import * as lenses from './lenses';
import * as panel from './panel';
import * as recipes from './recipes';
import * as runs from './runs';
import type { Services } from './services';
import * as setup from './setup';

const features = [runs, panel, lenses, distill, recipes, setup];

/** Gives the services, for tests. */
export function activate(context: vscode.ExtensionContext): Services {
  // For texts of files that do without `vscode`.
  if (vscode.l10n.bundle !== undefined) l10n.config({ contents: vscode.l10n.bundle });
  const home = readSetting('retort.home');
  if (home !== '') process.env.RETORT_HOME = home;
  const log = vscode.window.createOutputChannel('Retort', { log: true });
  const launcher = new Launcher(log);
  const services: Services = {
    context,
    log,
    runs: new RunStore(log),
    launcher,
    models: new ModelSummaries(launcher),
    activeRecipe: new ActiveRecipe(context.workspaceState),
  };
  context.subscriptions.push(
    log,
    services.runs,
    services.models,
    services.activeRecipe,
    registerCommand(log, 'retort.showLog', () => log.show()),
    ...features.flatMap((feature) => feature.register(services)),
  );
  return services;
}
