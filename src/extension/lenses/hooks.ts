import * as path from 'node:path';
import * as vscode from 'vscode';
import { InputError } from '../../common/errors';
import { didYouMean } from '../../common/suggest';
import type { LayerSummary, ModelSummary } from '../../protocol/inspector';
import { workspaceOf } from '../common/launcher';
import type { Role, TextEdit } from '../common/recipe-text';
import type { Services } from '../services';
import type { ActiveHooks, ActiveHooksStore } from './active-hooks';
import type { ModelInputs } from './ask-input';
import type { NewHook } from './hook-edits';
import { describeWithProgress, type Inspector } from './inspect';
import type { InspectionStore } from './inspections';
import { builderOf, referenceOf } from './model-reference';
import { hookKindOf, pickLayer, pickMethod } from './pick-hook';
import { rolesOf, type WrittenModel } from './recipe-hooks';
import type { SourceStore } from './source-store';

/** A model of the active recipe, and its role there. */
interface Use {
  readonly recipe: ActiveHooks & { readonly student: WrittenModel; readonly teacher: WrittenModel };
  readonly role: Role;
  readonly document: vscode.TextDocument;
  readonly builder: string;
}

interface Stores {
  readonly sources: SourceStore;
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
    const use = await this.useOf(uri, builder);
    if (use) await this.addHook(use, typeof layerId === 'string' ? layerId : undefined);
  }

  /** One of the layers made on a line (from 0), which is found out first where it is not known. */
  async hookLayerAt(uri: vscode.Uri, line: number, builder?: string): Promise<void> {
    const use = await this.useOf(uri, builder);
    if (!use) return;
    const layers = await this.layersAt(use, line);
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
    const { removeHook } = await import('./hook-edits.js');
    await applyEdits(recipe, (text) => removeHook(text, index));
  }

  async editHook(recipe: vscode.Uri, index: number): Promise<void> {
    const document = await vscode.workspace.openTextDocument(recipe);
    const { readHooks } = await import('./recipe-hooks.js');
    const { hooks } = readHooks(document.getText(), recipe.fsPath, workspaceOf(recipe));
    const hook = hooks.find((one) => one.index === index);
    const editor = await showBeside(document);
    if (!hook) return;
    const range = rangeOf(document, hook.offset, hook.length);
    editor.selection = new vscode.Selection(range.start, range.end);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
  }

  /** Which model of the active recipe is meant; undefined where none is, which is told, with what to do. */
  private async useOf(uri: unknown, builder: unknown): Promise<Use | undefined> {
    const { t } = vscode.l10n;
    const recipe = await this.stores.hooks.get();
    const target = uri instanceof vscode.Uri ? uri : undefined;
    const name = typeof builder === 'string' ? builder : undefined;
    if (!recipe) {
      await offerDistill(
        t('There is no active recipe to add a hook to: distil this model, or open a recipe'),
        target,
        name,
      );
      return undefined;
    }
    const file = path.basename(recipe.uri.path);
    const { student, teacher } = recipe;
    if (!student || !teacher) {
      await offerDistill(
        t('{0} has no teacher to learn from: add one to it, or distil this model', file),
        target,
        name,
      );
      return undefined;
    }
    const found = await this.findUse({ ...recipe, student, teacher }, target, name);
    if (found) return found;
    await offerDistill(
      t('{0} distils {1} from {2}, and not this model', file, student.model, teacher.model),
      target,
      name,
    );
    return undefined;
  }

  private async findUse(recipe: Use['recipe'], uri?: vscode.Uri, name?: string): Promise<Use | undefined> {
    const inFront = uri ?? vscode.window.activeTextEditor?.document.uri;
    const uses: Use[] = [];
    if (inFront) {
      const document = await vscode.workspace.openTextDocument(inFront);
      const names = name === undefined ? await this.buildersIn(document) : [name];
      for (const builder of names) {
        const roles = rolesOf(recipe, referenceOf(document.uri, builder));
        uses.push(...roles.map((role) => ({ recipe, role, document, builder })));
      }
    }
    const use = uses.find(({ role }) => role === 'student') ?? uses[0];
    if (use || uri) return use;
    const student = builderOf(recipe.student.model, workspaceOf(recipe.uri));
    if (!student) return undefined;
    const document = await vscode.workspace.openTextDocument(student.uri);
    return { recipe, role: 'student', document, builder: student.name };
  }

  private async buildersIn(document: vscode.TextDocument): Promise<string[]> {
    return (await this.stores.sources.read(document)).builders.map(({ name }) => name);
  }

  private async layersAt(use: Use, line: number): Promise<LayerSummary[] | undefined> {
    const reference = referenceOf(use.document.uri, use.builder);
    const known = (): LayerSummary[] | undefined =>
      this.stores.inspections
        .in(use.document)
        .find(({ inspection }) => inspection.reference === reference)
        ?.lines.find((one) => one.line === line + 1)
        ?.layers.slice();
    const layers = known() ?? ((await this.stores.inspector.inspect(use)) && known());
    if (layers && layers.length > 0) return layers;
    throw new InputError(
      vscode.l10n.t('Line {0} makes no layer of {1} with these inputs', line + 1, use.builder),
    );
  }

  private async addHook(use: Use, layerId: string | undefined): Promise<void> {
    const { t } = vscode.l10n;
    const { recipe, role } = use;
    const models = await this.describe(recipe);
    const [own, other] =
      role === 'student' ? [models.student, models.teacher] : [models.teacher, models.student];
    const layer = layerId === undefined ? await this.chooseLayer(own, role) : layerNamed(own, layerId);
    if (!layer) return;
    const kind = hookKindOf(layer);
    const { loadCatalogue } = await import('../../recipe/load-catalogue.js');
    const methods = loadCatalogue().methods.filter(({ hooks }) => hooks === kind);
    if (kind === undefined || methods.length === 0) {
      throw new InputError(
        t('{0} gives neither feature maps nor vectors, and no method hooks anything else', layer.id),
      );
    }
    const method = await pickMethod(methods, layer.id);
    if (!method) return;
    const { rankTeacherLayers } = await import('../../recipe/pair-layers.js');
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
      weight: method.publishedWeight,
    });
  }

  private async writeHook(recipe: vscode.Uri, hook: NewHook): Promise<void> {
    const { addHook } = await import('./hook-edits.js');
    const index = (await this.stores.hooks.get())?.hooks.length ?? 0;
    await applyEdits(recipe, (text) => addHook(text, hook));
    await this.editHook(recipe, index);
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
  private async describe(recipe: Use['recipe']): Promise<{ student: ModelSummary; teacher: ModelSummary }> {
    const workspace = workspaceOf(recipe.uri);
    const shape = this.stores.inputs.shapeOf(recipe);
    return describeWithProgress(vscode.l10n.t('Looking at the layers'), async (options) => {
      const describe = ({ model, args }: WrittenModel): Promise<ModelSummary> =>
        this.services.models.describe({ model, args, workspace, ...shape }, options);
      // One after the other: two TensorFlow processes would take twice the memory.
      const student = await describe(recipe.student);
      return { student, teacher: await describe(recipe.teacher) };
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

async function offerDistill(message: string, uri?: vscode.Uri, builder?: string): Promise<void> {
  const [distill, pick] = [vscode.l10n.t('Distill…'), vscode.l10n.t('Pick a Recipe…')];
  const chosen = await vscode.window.showInformationMessage(message, distill, pick);
  if (chosen === distill) await vscode.commands.executeCommand('retort.distill', uri, builder);
  if (chosen === pick) await vscode.commands.executeCommand('retort.pickActiveRecipe');
}

/** One edit of the recipe's document, which its undo takes back. */
async function applyEdits(uri: vscode.Uri, edits: (text: string) => TextEdit[]): Promise<void> {
  const document = await vscode.workspace.openTextDocument(uri);
  const edit = new vscode.WorkspaceEdit();
  edit.set(
    uri,
    edits(document.getText()).map(
      ({ start, end, text }) => new vscode.TextEdit(rangeOf(document, start, end - start), text),
    ),
  );
  if (await vscode.workspace.applyEdit(edit)) return;
  throw new InputError(vscode.l10n.t('{0} cannot be edited', uri.fsPath));
}

function rangeOf(document: vscode.TextDocument, offset: number, length: number): vscode.Range {
  return new vscode.Range(document.positionAt(offset), document.positionAt(offset + length));
}

/** Where the recipe is shown already, else beside the code. */
function showBeside(document: vscode.TextDocument): Thenable<vscode.TextEditor> {
  const { visibleTextEditors, tabGroups } = vscode.window;
  const visible = visibleTextEditors.find((editor) => editor.document === document);
  const group = tabGroups.all.find(
    ({ isActive, tabs }) => !isActive && tabs.some(({ input }) => isTabOf(input, document.uri)),
  );
  return vscode.window.showTextDocument(document, {
    viewColumn: visible?.viewColumn ?? group?.viewColumn ?? vscode.ViewColumn.Beside,
    preview: false,
  });
}

function isTabOf(input: unknown, uri: vscode.Uri): boolean {
  return input instanceof vscode.TabInputText && input.uri.toString() === uri.toString();
}
