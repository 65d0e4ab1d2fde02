import * as vscode from 'vscode';
import { onSettingChanged, readSetting } from '../common/settings';
import type { ActiveHooks, ActiveHooksStore } from './active-hooks';
import { formatCount, formatFlops } from './figures';
import type { InspectionStore } from './inspections';
import { type PlannedLens, planLenses } from './lens-plan';
import { formatInput } from './model-input';
import { referenceOf } from './model-reference';
import { describeHook, isPaired } from './recipe-hooks';
import type { SourceStore } from './source-store';

/** A lens that knows what it will say. */
class PlacedLens extends vscode.CodeLens {
  constructor(
    readonly document: vscode.Uri,
    readonly plan: PlannedLens,
    readonly recipe: ActiveHooks | undefined,
  ) {
    super(new vscode.Range(plan.line, 0, plan.line, 0));
  }
}

export interface LensSources {
  readonly sources: SourceStore;
  readonly hooks: ActiveHooksStore;
  readonly inspections: InspectionStore;
}

/** Lenses in files that build models: places at once, texts when they are drawn. */
export class ModelLensProvider implements vscode.CodeLensProvider<PlacedLens>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.changed.event;
  private readonly disposables: vscode.Disposable;

  constructor(private readonly known: LensSources) {
    const fire = (): void => this.changed.fire();
    this.disposables = vscode.Disposable.from(
      this.changed,
      known.hooks.onDidChange(fire),
      known.inspections.onDidChange(fire),
      vscode.workspace.onDidGrantWorkspaceTrust(fire),
      ...(['builders', 'hooks', 'hookable', 'inspected'] as const).map((kind) =>
        onSettingChanged(`retort.lenses.${kind}`, fire),
      ),
    );
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<PlacedLens[]> {
    const source = await this.known.sources.read(document);
    const inspected = this.known.inspections.in(document);
    if (source.builders.length === 0 && inspected.length === 0) return [];
    const recipe = await this.known.hooks.of(document.uri);
    const lenses = planLenses({
      source,
      inspected,
      recipe,
      referenceOf: (builder) => referenceOf(document.uri, builder),
      lineOf: (offset) => document.positionAt(offset).line,
      shows: {
        builders: readSetting('retort.lenses.builders', document),
        hooks: readSetting('retort.lenses.hooks', document),
        hookable: readSetting('retort.lenses.hookable', document),
        inspected: readSetting('retort.lenses.inspected', document),
      },
      runs: vscode.workspace.isTrusted,
    });
    return lenses.map((plan) => new PlacedLens(document.uri, plan, recipe));
  }

  resolveCodeLens(lens: PlacedLens): PlacedLens {
    lens.command = commandOf(lens);
    return lens;
  }

  dispose(): void {
    this.disposables.dispose();
  }
}

function commandOf({ document, plan, recipe }: PlacedLens): vscode.Command {
  const { t } = vscode.l10n;
  switch (plan.kind) {
    case 'distill':
      return { title: t('Distill…'), command: 'retort.distill', arguments: [document, plan.builder] };
    case 'train':
      return { title: t('Train…'), command: 'retort.train', arguments: [document, plan.builder] };
    case 'inspect':
      return { title: t('Inspect'), command: 'retort.inspect', arguments: [document, plan.builder] };
    case 'summary': {
      const { summary, input } = plan.inspected.inspection;
      return {
        title: t(
          '{0} parameters · {1} at {2}',
          formatCount(summary.parameters),
          formatFlops(summary.flops),
          formatInput(input),
        ),
        tooltip: t('Inspect with other inputs'),
        command: 'retort.inspectWith',
        arguments: [document, plan.builder],
      };
    }
    case 'hook':
      return { title: `◇ ${describeHook(plan, plan.layer)}`, command: '' };
    case 'edit':
      return {
        title: t('Edit'),
        tooltip: t('Open the recipe at this hook'),
        command: 'retort.editHook',
        arguments: [recipe?.uri, plan.hook.index],
      };
    case 'removeLayer':
      return {
        title: t('Remove Layer'),
        tooltip: isPaired(plan.hook)
          ? t('Take {0} out of this hook, with its partner', plan.layer)
          : t('Take {0} out of this hook', plan.layer),
        command: 'retort.removeHookedLayer',
        arguments: [recipe?.uri, plan.hook, plan.side, plan.layer],
      };
    case 'remove': {
      const isOnOne = plan.hook.student.length < 2 && plan.hook.teacher.length < 2;
      return {
        title: isOnOne ? t('Remove') : t('Remove Hook'),
        tooltip: isOnOne
          ? t('Take this hook out of the recipe')
          : t('Take this hook out of the recipe, with all of its layers'),
        command: 'retort.removeHook',
        arguments: [recipe?.uri, plan.hook.index],
      };
    }
    case 'hookable': {
      const [only, ...more] = plan.layers;
      if (more.length === 0) {
        return {
          title: t('Hook…'),
          tooltip: t('Distil into the layer {0}', only!),
          command: 'retort.hookLayer',
          arguments: [document, only, plan.builder],
        };
      }
      return {
        title: t('Hook… ({0} layers)', plan.layers.length),
        tooltip: t('Distil into one of {0}', plan.layers.slice(0, 12).join(', ')),
        command: 'retort.hookLayerAt',
        arguments: [document, plan.line, plan.builder],
      };
    }
  }
}
