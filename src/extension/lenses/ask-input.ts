import * as vscode from 'vscode';
import type { ImageShape } from '../../recipe/image-shape';
import type { DataSource } from '../../recipe/schema';
import type { ActiveHooksStore } from './active-hooks';
import { DEFAULT_INPUT, formatInput, type ModelInput, parseInput } from './model-input';
import { type RecipeHooks, rolesOf } from './recipe-hooks';

/** What builders are called with: as the active recipe says, else as it was last answered for the builder. */
export class ModelInputs {
  constructor(
    private readonly hooks: ActiveHooksStore,
    private readonly state: vscode.Memento,
  ) {}

  /** Undefined where the user was asked and gave none. */
  async of(reference: string): Promise<ModelInput | undefined> {
    const recipe = await this.ofRecipe(reference);
    return recipe ?? this.remembered(reference) ?? (await this.ask(reference));
  }

  /** Asks, starting from what it would be, and remembers the answer. */
  async ask(reference: string): Promise<ModelInput | undefined> {
    const { t } = vscode.l10n;
    const start = (await this.ofRecipe(reference)) ?? this.remembered(reference) ?? DEFAULT_INPUT;
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

  /** The images of a recipe: what its text tells of them, else what was last answered for its models. */
  async shapeOf({ source, student, teacher }: RecipeHooks): Promise<ImageShape> {
    const answered = [student, teacher].flatMap((model) => (model && this.remembered(model.model)) ?? []);
    const { inputShape, classes } = answered[0] ?? DEFAULT_INPUT;
    return source === undefined ? { inputShape, classes } : imageShape(source, { inputShape, classes });
  }

  /** Undefined where the recipe does not name the model, or its text does not tell the size of its images. */
  private async ofRecipe(reference: string): Promise<ModelInput | undefined> {
    const recipe = await this.hooks.get();
    const [role] = recipe ? rolesOf(recipe, reference) : [];
    if (!recipe?.source || !role) return undefined;
    const unknown: ImageShape = { ...DEFAULT_INPUT };
    const shape = await imageShape(recipe.source, unknown);
    return shape === unknown ? undefined : { ...shape, args: recipe[role]!.args };
  }

  private remembered(reference: string): ModelInput | undefined {
    return this.state.get<ModelInput>(keyOf(reference));
  }
}

async function imageShape(source: DataSource, assumed: ImageShape): Promise<ImageShape> {
  const [{ imageShapeOf }, { loadCatalogue }] = await Promise.all([
    import('../../recipe/image-shape.js'),
    import('../../recipe/load-catalogue.js'),
  ]);
  return imageShapeOf(source, loadCatalogue(), assumed);
}

function keyOf(reference: string): string {
  return `lenses.input.${reference}`;
}
