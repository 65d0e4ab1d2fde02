import * as vscode from 'vscode';
import { InputError } from '../../common/errors';
import { didYouMean } from '../../common/suggest';
import type { LayerSummary, ModelSummary } from '../../protocol/inspector';
import { loadCatalogue } from '../../recipe/load-catalogue';
import { rankTeacherLayers } from '../../recipe/pair-layers';
import { TEACHER } from '../../recipe/teachers';
import { workspaceOf } from '../common/launcher';
import type { Role } from '../common/recipe-text';
import type { Services } from '../services';
import type { ActiveHooksStore } from './active-hooks';
import type { ModelInputs } from './ask-input';
import { addHook, type NewHook, removeHook } from './hook-edits';
import { withProgress } from '../common/progress';
import type { Inspector } from './inspect';
import type { DistillingRecipe, HookTargets, Use } from './hook-target';
import type { InspectedDocument, InspectionStore } from './inspections';
import { referenceOf } from './model-reference';
import { hookKindOf, pickLayer, pickMethod } from './pick-hook';
import { applyEdits, showHook } from './recipe-editor';
import type { WrittenModel } from './recipe-hooks';
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
        ? layers[0]
        : await pickLayer(layers, {
            title: t('Hook a layer of line {0}', line + 1),
            placeHolder: t('Which of the layers that are made there?'),
            ranked: false,
          });
    if (layer) await this.addHook(use, layer.id);
  }

  async removeHook(recipe: vscode.Uri, index: number): Promise<void> {
    await applyEdits(recipe, (text) => removeHook(text, index));
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
    const { t } = vscode.l10n;
    const { recipe, role, source } = use;
    if (use.target) await saveDocument(use.target.document);
    const models = await this.describe(recipe, source);
    const [own, other] =
      role === 'student' ? [models.student, models.teacher] : [models.teacher, models.student];
    const layer = layerId === undefined ? await this.chooseLayer(own, role) : layerNamed(own, layerId);
    if (!layer) return;
    const kind = hookKindOf(layer);
    // Those with needs of their own are written by hand, as those on several layers.
    const methods = loadCatalogue().methods.filter(
      ({ hooks, layers, alsoNeeds }) => hooks === kind && layers === 'one' && alsoNeeds === undefined,
    );
    if (kind === undefined || methods.length === 0) {
      throw new InputError(
        t('{0} gives neither feature maps nor vectors, and no method hooks anything else', layer.id),
      );
    }
    const method = await pickMethod(methods, layer.id);
    if (!method) return;
    const partner = await pickLayer(rankTeacherLayers(layer.id, own.layers, other.layers, kind), {
      title: t('Hook {0}: {1}', layer.id, method.name),
      placeHolder: role === 'student' ? t('Which layer of the teacher?') : t('Which layer of the student?'),
      ranked: true,
    });
    if (!partner) return;
    const [student, teacher] = role === 'student' ? [layer.id, partner.id] : [partner.id, layer.id];
    await this.writeHook(recipe.uri, {
      method: method.name,
      student,
      teacher,
      ...(source !== TEACHER && { from: source }),
      weight: method.publishedWeight,
    });
  }

  private async writeHook(recipe: vscode.Uri, hook: NewHook): Promise<void> {
    const index = (await this.stores.hooks.get())?.hooks.length ?? 0;
    await applyEdits(recipe, (text) => addHook(text, hook));
    await showHook(recipe, index);
  }

  private chooseLayer({ layers }: ModelSummary, role: Role): Promise<LayerSummary | undefined> {
    const { t } = vscode.l10n;
    return pickLayer(
      layers.filter((layer) => hookKindOf(layer) !== undefined),
      {
        title: t('Hook a layer'),
        placeHolder: role === 'student' ? t('Which layer of the student?') : t('Which layer of the teacher?'),
        ranked: false,
      },
    );
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
