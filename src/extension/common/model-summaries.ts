import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { ModelQuestion, ModelSummary } from '../../protocol/inspector';
import type { ImageShape } from '../../recipe/image-shape';
import type { AskOptions, Launcher } from './launcher';

export interface ModelDescription extends ImageShape {
  /** As in a resolved recipe: paths relative to the workspace. */
  readonly model: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly workspace: string;
  readonly teacherClassifier?: NonNullable<ModelQuestion['teacherClassifier']>;
}

/**
 * The layers of models, from the inspector: each model is built once until its file, or any code of the workspace,
 * has changed. A model that cannot be built is not tried again before that.
 */
export class ModelSummaries implements vscode.Disposable {
  private readonly summaries = new Map<string, Promise<ModelSummary>>();
  private readonly saved = vscode.workspace.onDidSaveTextDocument(({ uri }) => {
    // What a model file imports is not known here.
    if (/\.([cm]?[jt]sx?|json)$/.test(uri.path) && !uri.path.endsWith('.distill.json'))
      this.summaries.clear();
  });

  constructor(private readonly launcher: Launcher) {}

  /** Throws `InputError` for a model that cannot be built, and in an untrusted workspace. */
  async describe(model: ModelDescription, options: AskOptions = {}): Promise<ModelSummary> {
    const key = JSON.stringify([model, this.launcher.backendFor(model.workspace), await hashOf(model)]);
    const known = this.summaries.get(key);
    if (known !== undefined) return known;
    const asked = this.ask(model, options);
    this.summaries.set(key, asked);
    asked.catch(() => {
      if (options.signal?.aborted) this.summaries.delete(key);
    });
    return asked;
  }

  private async ask(model: ModelDescription, options: AskOptions): Promise<ModelSummary> {
    const { ModelRequest } = await import('../../protocol/inspector.js');
    const retort = path.join(model.workspace, '.retort');
    const backend = this.launcher.backendFor(model.workspace);
    return this.launcher.ask(ModelRequest, { ...model, retort, backend }, options);
  }

  dispose(): void {
    this.saved.dispose();
    this.summaries.clear();
  }
}

/** Of the file that the model is in; none for those that do not change. */
async function hashOf({ model, workspace }: ModelDescription): Promise<string> {
  if (/^(builtin|run):/.test(model)) return '';
  const file = path.resolve(workspace, model.replace(/#[^#]*$/, ''));
  const content = await fs.readFile(file).catch(() => '');
  return createHash('sha256').update(content).digest('base64');
}
