import * as vscode from 'vscode';
import { qualityText, runText } from '../common/describe-trained';
import type { RunStore } from '../common/run-store';
import type { PlacedFinding } from './findings';
import { rangeOf, type RecipeProblems } from './problems';
import { parseKeyPath } from '../../recipe/key-path';
import { editsFor, modelOf, type ModelPath, readRecipeText } from '../common/recipe-text';
import { weightsFor } from './trained-weights';

/** Mends what the message knows how to mend: names that were meant, a teacher without weights. */
export class QuickFixes implements vscode.CodeActionProvider {
  static readonly kinds = [vscode.CodeActionKind.QuickFix];

  constructor(
    private readonly problems: RecipeProblems,
    private readonly runs: RunStore,
  ) {}

  provideCodeActions(
    document: vscode.TextDocument,
    range: vscode.Range,
    { diagnostics }: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    return this.problems.of(document.uri).flatMap((finding) => {
      const place = rangeOf(document, finding);
      if (place.intersection(range) === undefined) return [];
      const told = diagnostics.filter((each) => each.source === 'Retort' && each.range.isEqual(place));
      return [...replace(document, finding), ...this.giveWeights(document, finding)].map((action) => {
        action.diagnostics = told;
        return action;
      });
    });
  }

  /** The best of what was trained of this very model, else to train it. */
  private giveWeights(document: vscode.TextDocument, { code, path }: PlacedFinding): vscode.CodeAction[] {
    if (code !== 'untrained-teacher') return [];
    const recipe = readRecipeText(document.getText());
    // `teacher.weights`, `teachers.deep.weights`
    const at = (parseKeyPath(path) ?? []).slice(0, -1).map(String);
    const teacher = modelOf(recipe, at);
    if (teacher === undefined) return [];
    const actions = weightsFor(document.uri, teacher, this.runs)
      .slice(0, 3)
      .map((trained, index) => {
        const title = vscode.l10n.t('Use the weights of {0}: {1}', runText(trained), qualityText(trained));
        const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
        action.edit = setWeights(document, at, trained.reference);
        action.isPreferred = index === 0;
        return action;
      });
    const train = new vscode.CodeAction(
      vscode.l10n.t('Train {0} first…', teacher.model),
      vscode.CodeActionKind.QuickFix,
    );
    train.command = {
      command: 'retort.trainTeacher',
      title: train.title,
      arguments: [document.uri, at],
    };
    return [...actions, train];
  }
}

function replace(document: vscode.TextDocument, finding: PlacedFinding): vscode.CodeAction[] {
  const { replacement } = finding;
  if (replacement === undefined) return [];
  const action = new vscode.CodeAction(
    vscode.l10n.t('Change to "{0}"', replacement.name),
    vscode.CodeActionKind.QuickFix,
  );
  action.edit = new vscode.WorkspaceEdit();
  action.edit.replace(document.uri, rangeOf(document, finding), replacement.text);
  action.isPreferred = true;
  return [action];
}

function setWeights(document: vscode.TextDocument, at: ModelPath, reference: string): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  for (const { start, end, text } of editsFor(document.getText(), [...at, 'weights'], reference)) {
    edit.replace(document.uri, new vscode.Range(document.positionAt(start), document.positionAt(end)), text);
  }
  return edit;
}
