import * as path from 'node:path';
import * as vscode from 'vscode';
import { isRecipe } from '../common/active-recipe';
import { hasBaseline } from '../common/baseline';
import type { CommandName } from '../contributions';
import { Disposables } from '../common/disposables';
import { workspaceOf } from '../common/launcher';
import { onSettingChanged, readSetting } from '../common/settings';
import { resolveWritten } from '../common/written-references';
import type { Services } from '../services';
import { modelOf, readRecipeText, type RecipeText, valueAt } from '../common/recipe-text';

/** `Run`, `Check`, `Duplicate` above a recipe, and the offer to train the student alone where none has been. */
export class RecipeLenses implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly disposables = new Disposables();
  private readonly changed = this.disposables.add(new vscode.EventEmitter<void>());
  readonly onDidChangeCodeLenses = this.changed.event;

  constructor(private readonly services: Pick<Services, 'runs'>) {
    const refresh = (): void => this.changed.fire();
    this.disposables.add(onSettingChanged('retort.recipes.codeLens', refresh));
    this.disposables.add(vscode.workspace.onDidGrantWorkspaceTrust(refresh));
    this.disposables.add(
      services.runs.onDidChange(({ added, removed }) => {
        if (added.length + removed.length > 0) refresh();
      }),
    );
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const { uri } = document;
    if (!isRecipe(uri) || !readSetting('retort.recipes.codeLens', uri)) return [];
    const recipe = readRecipeText(document.getText());
    // Above the first key: what is put above the first line of a file is out of sight until one scrolls up.
    const first = recipe.tree?.children?.[0] ?? recipe.tree;
    const { line } = document.positionAt(first?.offset ?? 0);
    const lens = (title: string, command: CommandName, tooltip: string): vscode.CodeLens =>
      new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
        title,
        command,
        tooltip,
        arguments: [uri],
      });
    const { l10n } = vscode;
    const running = [
      lens(`$(play) ${l10n.t('Run')}`, 'retort.runRecipe', l10n.t('Checks the recipe and trains')),
      lens(
        l10n.t('Check'),
        'retort.checkRecipe',
        l10n.t('Shapes, layers, one step, time and memory; trains nothing'),
      ),
    ];
    const alone = lens(
      l10n.t('Train alone for comparison'),
      'retort.trainBaseline',
      l10n.t('Trains the student without the teacher, to see what the hooks gain'),
    );
    return [
      ...(vscode.workspace.isTrusted ? running : []),
      lens(l10n.t('Duplicate'), 'retort.duplicateRecipe', l10n.t('Copies the recipe, to vary it')),
      ...(vscode.workspace.isTrusted && this.lacksBaseline(recipe, uri) ? [alone] : []),
    ];
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private lacksBaseline(recipe: RecipeText, uri: vscode.Uri): boolean {
    const name = valueAt(recipe, ['name']);
    const hooks = valueAt(recipe, ['hooks']);
    if (typeof name !== 'string' || !Array.isArray(hooks) || hooks.length === 0) return false;
    const written = modelOf(recipe, 'student')?.model ?? '';
    const workspace = workspaceOf(uri);
    const student = resolveWritten(written, path.dirname(uri.fsPath), workspace);
    const retortFolder = path.join(workspace, '.retort');
    const experiment = { name, retortFolder, ...(student !== undefined && { student }) };
    return !hasBaseline(experiment, this.services.runs.all());
  }
}
