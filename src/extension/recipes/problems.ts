import * as vscode from 'vscode';
import { isRecipe } from '../common/active-recipe';
import { workspaceOf } from '../common/launcher';
import { parseKeyPath } from '../../recipe/key-path';
import type { Finding } from '../../recipe/problem';
import { Disposables } from '../common/disposables';
import type { PlacedFinding } from './findings';
import { readRecipeText, type RecipeText, valueAt } from '../common/recipe-text';

/** Milliseconds of rest before a recipe that is being typed is looked at. */
const REST = 250;

/** A problem that the real models or data have shown: it holds while what it is about is the same. */
interface RealProblem {
  readonly finding: Finding;
  readonly about: string;
}

/** Who has found it: a look at the layers' names, or a check of everything. */
type Finder = 'layers' | 'check';

/** The problems of open recipes, in the Problems view while they last. */
export class RecipeProblems implements vscode.Disposable {
  private readonly disposables = new Disposables();
  private readonly collection = this.disposables.add(vscode.languages.createDiagnosticCollection('retort'));
  private readonly findings = new Map<string, readonly PlacedFinding[]>();
  private readonly real: Readonly<Record<Finder, Map<string, readonly RealProblem[]>>> = {
    layers: new Map(),
    check: new Map(),
  };
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly settled = this.disposables.add(new vscode.EventEmitter<vscode.TextDocument>());
  /** A recipe was looked at, after it was opened or changed. */
  readonly onDidLook = this.settled.event;

  constructor() {
    const { workspace } = vscode;
    this.disposables.add(workspace.onDidOpenTextDocument((document) => void this.look(document)));
    this.disposables.add(workspace.onDidChangeTextDocument(({ document }) => this.lookSoon(document)));
    this.disposables.add(workspace.onDidCloseTextDocument(({ uri }) => this.forget(uri)));
    this.disposables.add(workspace.onDidSaveTextDocument(({ uri }) => this.filesChanged(uri)));
    this.lookAtAll();
  }

  /** Of a recipe, as it was last looked at. */
  of(uri: vscode.Uri): readonly PlacedFinding[] {
    return this.findings.get(uri.toString()) ?? [];
  }

  /** Puts what the real models and data have shown in the place of what they had shown the same finder before. */
  async showReal(document: vscode.TextDocument, finder: Finder, findings: readonly Finding[]): Promise<void> {
    const recipe = readRecipeText(document.getText());
    const about = findings.map((finding) => ({ finding, about: aboutOf(recipe, finding.path) }));
    this.real[finder].set(document.uri.toString(), about);
    await this.look(document);
  }

  dispose(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.disposables.dispose();
  }

  /** Files that recipes name appear; models that were wrong are mended. */
  private filesChanged(uri: vscode.Uri): void {
    if (!isRecipe(uri)) for (const found of Object.values(this.real)) found.clear();
    this.lookAtAll();
  }

  private lookAtAll(): void {
    for (const document of vscode.workspace.textDocuments) this.lookSoon(document);
  }

  private lookSoon(document: vscode.TextDocument): void {
    if (!isRecipe(document.uri)) return;
    const key = document.uri.toString();
    clearTimeout(this.timers.get(key));
    this.timers.set(
      key,
      setTimeout(() => void this.look(document), REST),
    );
  }

  private async look(document: vscode.TextDocument): Promise<void> {
    const { uri } = document;
    if (!isRecipe(uri)) return;
    const [{ findingsIn, placeFindings }, { loadCatalogue }] = await Promise.all([
      import('./findings.js'),
      import('../../recipe/load-catalogue.js'),
    ]);
    if (document.isClosed) return;
    const text = document.getText();
    const found = findingsIn(text, {
      file: uri.fsPath,
      workspace: workspaceOf(uri),
      catalogue: loadCatalogue(),
    });
    // What is no JSON has one problem, told by the editor itself; the others are still those of before.
    if (found !== undefined) {
      const recipe = readRecipeText(text);
      for (const finding of this.lastingOf(uri, recipe)) {
        if (found.some(({ path }) => path === finding.path)) continue;
        found.push(...placeFindings(text, uri.fsPath, [finding]));
      }
      this.findings.set(uri.toString(), found);
      this.collection.set(
        uri,
        found.map((finding) => diagnosticOf(document, finding)),
      );
    }
    this.settled.fire(document);
  }

  /** What the real models have shown and still holds. */
  private lastingOf(uri: vscode.Uri, recipe: RecipeText): Finding[] {
    return Object.values(this.real).flatMap((found) =>
      (found.get(uri.toString()) ?? [])
        .filter(({ finding, about }) => aboutOf(recipe, finding.path) === about)
        .map(({ finding }) => finding),
    );
  }

  private forget(uri: vscode.Uri): void {
    const key = uri.toString();
    clearTimeout(this.timers.get(key));
    for (const map of [this.timers, this.findings, this.real.layers, this.real.check]) map.delete(key);
    this.collection.delete(uri);
  }
}

export function rangeOf(document: vscode.TextDocument, { start, end }: PlacedFinding): vscode.Range {
  return new vscode.Range(document.positionAt(start), document.positionAt(end));
}

function diagnosticOf(document: vscode.TextDocument, finding: PlacedFinding): vscode.Diagnostic {
  const message = finding.path === '' ? finding.message : `${finding.path}: ${finding.message}`;
  const diagnostic = new vscode.Diagnostic(rangeOf(document, finding), message);
  diagnostic.source = 'Retort';
  return diagnostic;
}

/** What a problem at a place depends on: the value there, and the models and data. */
function aboutOf(recipe: RecipeText, path: string): string {
  const about = [parseKeyPath(path) ?? [], ['student'], ['teacher'], ['teachers'], ['data']];
  return JSON.stringify(about.map((place) => valueAt(recipe, [...place])));
}
