import * as vscode from 'vscode';
import { type ImageShape, modelImages } from '../../recipe/image-shape';
import { findKept, keyOfFile } from '../common/kept-of-file';
import { workspaceOf } from '../common/launcher';
import { SeenImages } from '../common/seen-images';
import type { ActiveHooks, ActiveHooksStore } from './active-hooks';
import { DEFAULT_INPUT, formatInput, type ModelInput, parseInput } from './model-input';
import { modelMadeBy } from './recipe-hooks';

/** What builders are called with: as the active recipe says, else as it was last answered for the builder. */
export class ModelInputs {
  private readonly images: SeenImages;

  constructor(
    private readonly hooks: ActiveHooksStore,
    private readonly state: vscode.Memento,
  ) {
    this.images = new SeenImages(state);
  }

  /** Undefined where the user was asked and gave none. */
  async of(file: vscode.Uri, reference: string): Promise<ModelInput | undefined> {
    const recipe = await this.ofRecipe(file, reference);
    return recipe ?? this.remembered(workspaceOf(file), reference) ?? (await this.ask(file, reference));
  }

  /** Asks, starting from what it would be, and remembers the answer. */
  async ask(file: vscode.Uri, reference: string): Promise<ModelInput | undefined> {
    const { t } = vscode.l10n;
    const workspace = workspaceOf(file);
    const start =
      (await this.ofRecipe(file, reference)) ?? this.remembered(workspace, reference) ?? DEFAULT_INPUT;
    const answer = await vscode.window.showInputBox({
      title: t('Inspect {0}', reference.replace(/^.*#/, '')),
      prompt: t(
        'Height × width × channels of the images and the number of classes; further arguments as JSON behind them',
      ),
      placeHolder: '28×28×1, 10 classes, {"width": 8}',
      value: formatInput(start),
      ignoreFocusOut: true,
      validateInput: (text) =>
        parseInput(text) ? undefined : t('Write it like {0}', formatInput(DEFAULT_INPUT)),
    });
    const input = answer === undefined ? undefined : parseInput(answer);
    if (input) await this.state.update(keyOf(keyOfFile(workspace, reference)), input);
    return input;
  }

  /** The images of a recipe: what is known of its data, else what was last answered for its models. */
  shapeOf({ uri, source, sources }: ActiveHooks): ImageShape {
    const workspace = workspaceOf(uri);
    const { isAssumed, ...images } = this.images.of(source ?? { format: '' }, workspace);
    const answered = Object.values(sources).flatMap(({ model }) => this.remembered(workspace, model) ?? []);
    const { inputShape, classes } = isAssumed ? (answered[0] ?? images) : images;
    return { inputShape, classes };
  }

  /** Undefined where the recipe does not name the model, or nobody knows the size of its images yet. */
  private async ofRecipe(file: vscode.Uri, reference: string): Promise<ModelInput | undefined> {
    const recipe = await this.hooks.of(file);
    const written = recipe && modelMadeBy(recipe, reference);
    if (!recipe?.source || !written) return undefined;
    const { isAssumed, ...images } = this.images.of(recipe.source, workspaceOf(file));
    if (isAssumed) return undefined;
    const { args, ...model } = written;
    return { ...images, inputShape: modelImages(model, images.inputShape), args };
  }

  private remembered(workspace: string, reference: string): ModelInput | undefined {
    const get = (key: string): ModelInput | undefined => this.state.get<ModelInput>(keyOf(key));
    return findKept(get, keyOfFile(workspace, reference), reference);
  }
}

function keyOf(model: string): string {
  return `lenses.input.${model}`;
}
