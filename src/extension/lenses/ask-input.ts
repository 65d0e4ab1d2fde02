import * as vscode from 'vscode';
import { type ImageShape, modelImages } from '../../recipe/image-shape';
import { SeenImages } from '../common/seen-images';
import type { ActiveHooksStore } from './active-hooks';
import { DEFAULT_INPUT, formatInput, type ModelInput, parseInput } from './model-input';
import { modelMadeBy, type RecipeHooks } from './recipe-hooks';

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
    return recipe ?? this.remembered(reference) ?? (await this.ask(file, reference));
  }

  /** Asks, starting from what it would be, and remembers the answer. */
  async ask(file: vscode.Uri, reference: string): Promise<ModelInput | undefined> {
    const { t } = vscode.l10n;
    const start = (await this.ofRecipe(file, reference)) ?? this.remembered(reference) ?? DEFAULT_INPUT;
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
    if (input) await this.state.update(keyOf(reference), input);
    return input;
  }

  /** The images of a recipe: what is known of its data, else what was last answered for its models. */
  shapeOf({ source, sources }: RecipeHooks): ImageShape {
    const { isAssumed, ...images } = this.images.of(source ?? { format: '' });
    const answered = Object.values(sources).flatMap(({ model }) => this.remembered(model) ?? []);
    const { inputShape, classes } = isAssumed ? (answered[0] ?? images) : images;
    return { inputShape, classes };
  }

  /** Undefined where the recipe does not name the model, or nobody knows the size of its images yet. */
  private async ofRecipe(file: vscode.Uri, reference: string): Promise<ModelInput | undefined> {
    const recipe = await this.hooks.of(file);
    const written = recipe && modelMadeBy(recipe, reference);
    if (!recipe?.source || !written) return undefined;
    const { isAssumed, ...images } = this.images.of(recipe.source);
    if (isAssumed) return undefined;
    const { args, ...model } = written;
    return { ...images, inputShape: modelImages(model, images.inputShape), args };
  }

  private remembered(reference: string): ModelInput | undefined {
    return this.state.get<ModelInput>(keyOf(reference));
  }
}

function keyOf(reference: string): string {
  return `lenses.input.${reference}`;
}
