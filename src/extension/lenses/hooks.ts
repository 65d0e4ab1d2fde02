import * as vscode from 'vscode';
import { InputError } from '../../common/errors';
import { didYouMean } from '../../common/suggest';
import type { LayerSummary, ModelSummary } from '../../protocol/inspector';
import { workspaceOf } from '../common/launcher';
import type { Role } from '../common/recipe-text';
import type { Services } from '../services';
import type { ActiveHooksStore } from './active-hooks';
import type { ModelInputs } from './ask-input';
import { chooseHook } from './choose-hook';
import { chooseLayer } from './choose-layer';
import { editsToHook, type HookSides, isWritten } from './hook-change';
import { removeHook, removeLayer } from './hook-edits';
import { withProgress } from '../common/progress';
import type { Inspector } from './inspect';
import type { DistillingRecipe, HookTargets, Use } from './hook-target';
import type { InspectedDocument, InspectionStore } from './inspections';
import { referenceOf } from './model-reference';
import { applyEdits, showHook } from './recipe-editor';
import type { WrittenHook, WrittenModel } from './recipe-hooks';
import { saveDocument, type Target } from './target';

interface Stores {
  readonly targets: HookTargets;
  readonly hooks: ActiveHooksStore;
  readonly inspections: InspectionStore;
  readonly inspector: Inspector;
  readonly inputs: ModelInputs;
}

/** Adds hooks to the active recipe, takes them out, and shows them, all by edits that undo takes back. */
export class HookCommands {
  constructor(
    private readonly services: Pick<Services, 'models'>,
    private readonly stores: Stores,
  ) {}

  /** Asks for what is not given: the layer, the method, the other model's layer. */
  async hookLayer(uri?: unknown, layerId?: unknown, builder?: unknown): Promise<void> {
    const use = await this.stores.targets.find(uri, builder);
    if (use) await this.addHook(use, typeof layerId === 'string' ? layerId : undefined);
  }

  /** One of the layers made on a line (from 0), which is found out first where it is not known. */
  async hookLayerAt(uri: vscode.Uri, line: number, builder?: string): Promise<void> {
    const use = await this.stores.targets.find(uri, builder);
    if (!use?.target) return;
    const layers = await this.layersAt(use.target, line);
    if (layers === undefined) return;
    const { t } = vscode.l10n;
    const layer =
      layers.length === 1
        ? layers[0]!
        : await chooseLayer(layers, {
            title: t('Hook a layer of line {0}', line + 1),
            placeholder: t('Which of the layers that are made there?'),
            place: { step: 1, steps: 1, canGoBack: false },
          });
    if (typeof layer !== 'symbol') await this.addHook(use, layer.id);
  }

  async removeHook(recipe: vscode.Uri, index: number): Promise<void> {
    await applyEdits(recipe, (text) => removeHook(text, index));
  }

  async removeLayer(recipe: vscode.Uri, hook: WrittenHook, side: Role, layer: string): Promise<void> {
    await applyEdits(recipe, (text) => removeLayer(text, hook, side, layer));
  }

  private async layersAt(target: Target, line: number): Promise<readonly LayerSummary[] | undefined> {
    const reference = referenceOf(target.document.uri, target.builder);
    const known = (): InspectedDocument | undefined =>
      this.stores.inspections
        .in(target.document)
        .find(({ inspection }) => inspection.reference === reference);
    const inspected = known() ?? ((await this.stores.inspector.inspect(target)) && known());
    if (inspected === undefined) return undefined;
    const layers = inspected.lines.find((one) => one.line === line + 1)?.layers;
    if (layers !== undefined) return layers;
    throw new InputError(
      vscode.l10n.t('Line {0} makes no layer of {1} with these inputs', line + 1, target.builder),
    );
  }

  private async addHook(use: Use, layerId: string | undefined): Promise<void> {
    const { recipe, role, source } = use;
    if (use.target) await saveDocument(use.target.document);
    const models = await this.describe(recipe, source);
    const sides: HookSides = {
      recipe,
      role,
      source,
      student: models.student.layers,
      teacher: models.teacher.layers,
    };
    const layer = layerId === undefined ? undefined : layerNamed(models[role], layerId);
    const chosen = await chooseHook(sides, layer);
    if (chosen === undefined) return;
    const { way, pairs } = chosen;
    const index = isWritten(way) ? way.index : ((await this.stores.hooks.get())?.hooks.length ?? 0);
    await applyEdits(recipe.uri, (text) => editsToHook(text, sides, way, pairs));
    await showHook(recipe.uri, index);
  }

  /** The layers of both models, built for the recipe's images. */
  private async describe(
    recipe: DistillingRecipe,
    source: string,
  ): Promise<{ student: ModelSummary; teacher: ModelSummary }> {
    const workspace = workspaceOf(recipe.uri);
    const shape = this.stores.inputs.shapeOf(recipe);
    return withProgress(vscode.l10n.t('Looking at the layers'), async (options) => {
      const describe = ({ model, args }: WrittenModel): Promise<ModelSummary> =>
        this.services.models.describe({ model, args, workspace, ...shape }, options);
      // One after the other: two TensorFlow processes would take twice the memory.
      const student = await describe(recipe.student);
      return { student, teacher: await describe(recipe.sources[source]!) };
    });
  }
}

function layerNamed({ layers, reference }: ModelSummary, id: string): LayerSummary {
  const found = layers.find((layer) => layer.id === id);
  if (found) return found;
  const suggestion = didYouMean(
    id,
    layers.map((layer) => layer.id),
  );
  throw new InputError(vscode.l10n.t('{0} has no layer "{1}"{2}', reference, id, suggestion));
}
