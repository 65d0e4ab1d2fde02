import * as vscode from 'vscode';
import { InputError } from '../../common/errors';
import { registerCommand } from '../common/commands';
import type { Role } from '../common/recipe-text';
import type { Services } from '../services';
import { ActiveHooksStore } from './active-hooks';
import { ModelInputs } from './ask-input';
import { FailureDiagnostics } from './failure-diagnostics';
import { LayerHintProvider } from './hint-provider';
import { HookActionProvider } from './hook-actions';
import { HookTargets } from './hook-target';
import { HookCommands } from './hooks';
import { Inspector } from './inspect';
import { InspectionStore } from './inspections';
import { ModelLensProvider } from './lens-provider';
import { showHook } from './recipe-editor';
import type { WrittenHook } from './recipe-hooks';
import { LANGUAGES, SourceStore } from './source-store';
import { chooseBuilder } from './target';

/** Lenses, hints and actions in files that build models. */
export function register(services: Services): vscode.Disposable[] {
  const { log, context, activeRecipe } = services;
  const sources = new SourceStore();
  const hooks = new ActiveHooksStore(activeRecipe);
  const inspections = new InspectionStore();
  const failures = new FailureDiagnostics(sources);
  const inputs = new ModelInputs(hooks, context.workspaceState);
  const inspector = new Inspector(services, inputs, inspections, failures);
  const commands = new HookCommands(services, {
    targets: new HookTargets(hooks, sources),
    hooks,
    inspections,
    inspector,
    inputs,
  });
  const lenses = new ModelLensProvider({ sources, hooks, inspections });
  const hints = new LayerHintProvider(inspections);
  const files = LANGUAGES.map((language) => ({ language, scheme: 'file' }));
  const inspect = async (asks: boolean, uri: unknown, builder: unknown): Promise<void> => {
    const target = await chooseBuilder(sources, uri, builder);
    if (target) await inspector.inspect(target, { asks });
  };
  return [
    sources,
    hooks,
    inspections,
    failures,
    lenses,
    hints,
    vscode.languages.registerCodeLensProvider(files, lenses),
    vscode.languages.registerInlayHintsProvider(files, hints),
    vscode.languages.registerCodeActionsProvider(
      files,
      new HookActionProvider({ sources, hooks }),
      HookActionProvider.metadata,
    ),
    registerCommand(log, 'retort.inspect', (uri?: unknown, builder?: unknown) =>
      inspect(false, uri, builder),
    ),
    registerCommand(log, 'retort.inspectWith', (uri?: unknown, builder?: unknown) =>
      inspect(true, uri, builder),
    ),
    registerCommand(log, 'retort.hookLayer', (uri?: unknown, layer?: unknown, builder?: unknown) =>
      commands.hookLayer(uri, layer, builder),
    ),
    registerCommand(log, 'retort.hookLayerAt', (uri: vscode.Uri, line: number, builder?: string) =>
      commands.hookLayerAt(uri, line, builder),
    ),
    registerCommand(log, 'retort.editHook', (recipe?: unknown, index?: unknown) =>
      showHook(...hookOf(recipe, index)),
    ),
    registerCommand(log, 'retort.removeHook', (recipe?: unknown, index?: unknown) =>
      commands.removeHook(...hookOf(recipe, index)),
    ),
    registerCommand(
      log,
      'retort.removeHookedLayer',
      (recipe: vscode.Uri, hook: WrittenHook, side: Role, layer: string) =>
        commands.removeLayer(recipe, hook, side, layer),
    ),
  ];
}

/** A hook as lenses and actions name it: its recipe and its place there. */
function hookOf(recipe: unknown, index: unknown): [vscode.Uri, number] {
  if (recipe instanceof vscode.Uri && typeof index === 'number') return [recipe, index];
  throw new InputError(vscode.l10n.t('Choose a hook in the lenses of a model first'));
}
