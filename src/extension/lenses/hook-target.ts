import * as vscode from 'vscode';
import { workspaceOf } from '../common/launcher';
import { STUDENT } from '../../recipe/teachers';
import type { Role } from '../common/recipe-text';
import { requireFolder } from '../common/require-folder';
import type { ActiveHooks, ActiveHooksStore } from './active-hooks';
import { referenceOf } from './model-reference';
import { rolesOf, type WrittenModel } from './recipe-hooks';
import type { SourceStore } from './source-store';
import type { Target } from './target';

/** The active recipe with a student and someone to learn from. */
export type DistillingRecipe = ActiveHooks & { readonly student: WrittenModel };

/** A model of the active recipe: its role there, and its source where that is in the workspace. */
export interface Use {
  readonly recipe: DistillingRecipe;
  readonly role: Role;
  /** Name of the teacher that a hook of it is with; of several that at `teacher`, or the first. */
  readonly source: string;
  readonly target?: Target;
}

/** Finds the model of the active recipe that a command is about. */
export class HookTargets {
  constructor(
    private readonly hooks: ActiveHooksStore,
    private readonly sources: SourceStore,
  ) {}

  /**
   * The model of a file, or the recipe's student where no file is named nor in front. Undefined where the active recipe
   * has no such model, which is told, with what to do.
   */
  async find(uri: unknown, builder: unknown): Promise<Use | undefined> {
    const file = uri instanceof vscode.Uri ? uri : undefined;
    const name = typeof builder === 'string' ? builder : undefined;
    const recipe = await this.hooks.get();
    if (recipe === undefined && file === undefined) requireFolder();
    const use = recipe && isDistilling(recipe) ? await this.findIn(recipe, file, name) : undefined;
    if (use === undefined) await offerDistill(whyNone(recipe), file, name);
    return use;
  }

  private async findIn(recipe: DistillingRecipe, uri?: vscode.Uri, name?: string): Promise<Use | undefined> {
    const inFront = uri ?? vscode.window.activeTextEditor?.document.uri;
    if (inFront) {
      const document = await vscode.workspace.openTextDocument(inFront);
      const isNear = workspaceOf(document.uri) === workspaceOf(recipe.uri);
      const names = name === undefined ? await this.buildersIn(document) : [name];
      const uses = (isNear ? names : []).flatMap((builder) =>
        rolesOf(recipe, referenceOf(document.uri, builder)).map((role) => ({
          recipe,
          role,
          source: sourceIn(recipe, role === 'teacher' ? referenceOf(document.uri, builder) : undefined),
          target: { document, builder },
        })),
      );
      const use = uses.find(({ role }) => role === 'student') ?? uses[0];
      if (use || uri) return use;
    }
    return { recipe, role: 'student', source: sourceIn(recipe) };
  }

  private async buildersIn(document: vscode.TextDocument): Promise<string[]> {
    return (await this.sources.read(document)).builders.map(({ name }) => name);
  }
}

function isDistilling(recipe: ActiveHooks): recipe is DistillingRecipe {
  return recipe.student !== undefined && teachersIn(recipe).length > 0;
}

/** The names of the teachers that are written so far. */
function teachersIn({ sources }: ActiveHooks): string[] {
  return Object.keys(sources).filter((name) => name !== STUDENT);
}

/** The name of the teacher that a builder makes, else of the first; that at `teacher` comes before others. */
function sourceIn(recipe: ActiveHooks, reference?: string): string {
  const names = teachersIn(recipe);
  return names.find((name) => recipe.sources[name]!.model === reference) ?? names[0]!;
}

function whyNone(recipe: ActiveHooks | undefined): string {
  const { t } = vscode.l10n;
  if (!recipe) return t('There is no active recipe to add a hook to: distil this model, or open a recipe');
  const file = vscode.workspace.asRelativePath(recipe.uri);
  if (!isDistilling(recipe)) {
    return t('{0} has no teacher to learn from: add one to it, or distil this model', file);
  }
  const teachers = teachersIn(recipe).map((name) => recipe.sources[name]!.model);
  return t('{0} distils {1} from {2}, and not this model', file, recipe.student.model, teachers.join(', '));
}

async function offerDistill(message: string, uri?: vscode.Uri, builder?: string): Promise<void> {
  const [distill, pick] = [vscode.l10n.t('Distill…'), vscode.l10n.t('Pick a Recipe…')];
  const chosen = await vscode.window.showInformationMessage(message, distill, pick);
  if (chosen === distill) await vscode.commands.executeCommand('retort.distill', uri, builder);
  if (chosen === pick) await vscode.commands.executeCommand('retort.pickActiveRecipe');
}
