import assert from 'node:assert/strict';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Services } from '../../src/extension/services';

const workspace = (): string => vscode.workspace.workspaceFolders![0]!.uri.fsPath;
const file = (name: string): vscode.Uri => vscode.Uri.file(path.join(workspace(), name));
const MODEL = 'models/plain.js';

/** Inspect asks for what is not known, and would never end here. */
describe('what is remembered of a model and of data', function () {
  this.timeout(120_000);
  let services: Services;

  before(async () => {
    services = await vscode.extensions.getExtension<Services>('retort.retort')!.activate();
    services.activeRecipe.set(file('recipes/kd-tat.distill.json'));
  });

  afterEach(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  const keep = (key: string, value: unknown): Thenable<void> =>
    services.context.workspaceState.update(key, value);

  const input = (classes: number): object => ({ inputShape: [8, 8, 1], classes, args: {} });

  /** What is told behind the line of the last layer, which has 16 weights and a bias for each class. */
  async function inspected(): Promise<string | undefined> {
    await vscode.commands.executeCommand('retort.inspect', file(MODEL), 'plain');
    const document = await vscode.workspace.openTextDocument(file(MODEL));
    const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>(
      'vscode.executeInlayHintProvider',
      document.uri,
      new vscode.Range(0, 0, document.lineCount, 0),
    );
    const dense = hints.find(({ position }) => document.lineAt(position.line).text.includes('layers.dense'));
    return typeof dense?.label === 'string' ? /^⟶ (\d+ · \d+)/.exec(dense.label)?.[1] : undefined;
  }

  it('is found where an earlier version kept it, by the path in the folder', async () => {
    await keep(`lenses.input.${MODEL}#plain`, input(5));
    assert.equal(await inspected(), '5 · 85');
  });

  it('is kept by the whole path, as several folders may have such a file', async () => {
    await keep(`lenses.input.${file(MODEL).fsPath}#plain`, input(7));
    assert.equal(await inspected(), '7 · 119');
  });

  it('are the images that an earlier version saw in the data of a recipe', async () => {
    const recipe = file('recipes/former.distill.json');
    const text = {
      student: { model: `../${MODEL}#plain` },
      data: { source: { format: 'idx', path: '../old' } },
    };
    await vscode.workspace.fs.writeFile(recipe, Buffer.from(JSON.stringify(text)));
    const before = services.context.workspaceState.get('images');
    await keep('images', { '["idx","old"]': { inputShape: [8, 8, 1], classes: 6 } });
    services.activeRecipe.set(recipe);
    try {
      assert.equal(await inspected(), '6 · 102');
    } finally {
      await keep('images', before);
      await vscode.workspace.fs.delete(recipe);
    }
  });
});
