import assert from 'node:assert/strict';
import * as path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import * as vscode from 'vscode';
import type { Services } from '../../src/extension/services';
import { QuickPicks } from './quick-picks';
import { until } from './until';

const workspace = (): string => vscode.workspace.workspaceFolders![0]!.uri.fsPath;
const file = (name: string): vscode.Uri => vscode.Uri.file(path.join(workspace(), name));

async function open(name: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(file(name));
  await vscode.window.showTextDocument(document, { preview: false });
  return document;
}

/** The titles of all lenses of Retort by the text of their lines. */
async function lensesOf(document: vscode.TextDocument): Promise<Record<string, string[]>> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    document.uri,
    1000,
  );
  const found: Record<string, string[]> = {};
  for (const { range, command } of lenses) {
    if (!command || !/^retort\.|^$/.test(command.command)) continue;
    (found[document.lineAt(range.start.line).text.trim()] ??= []).push(command.title);
  }
  return found;
}

async function hintsOf(document: vscode.TextDocument): Promise<Record<string, string>> {
  const hints = await vscode.commands.executeCommand<vscode.InlayHint[]>(
    'vscode.executeInlayHintProvider',
    document.uri,
    new vscode.Range(0, 0, document.lineCount, 0),
  );
  return Object.fromEntries(
    hints
      .filter(({ label }) => typeof label === 'string' && label.startsWith('⟶'))
      .map(({ position, label }) => [document.lineAt(position.line).text.trim(), label as string]),
  );
}

/** The lens with a title, above the line that begins with a text. */
async function lensNamed(
  document: vscode.TextDocument,
  line: string,
  title: string,
): Promise<vscode.Command> {
  const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
    'vscode.executeCodeLensProvider',
    document.uri,
    1000,
  );
  const lens = lenses.find(
    ({ range, command }) =>
      command?.title === title && document.lineAt(range.start.line).text.trim().startsWith(line),
  );
  assert.ok(lens?.command, `no lens "${title}" above "${line}"`);
  return lens.command;
}

async function run({ command, arguments: args = [] }: vscode.Command): Promise<void> {
  await vscode.commands.executeCommand(command, ...(args as unknown[]));
}

async function type(document: vscode.TextDocument, at: string, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  const position = document.positionAt(document.getText().indexOf(at));
  edit.insert(document.uri, position, text);
  assert.ok(await vscode.workspace.applyEdit(edit));
}

async function write(name: string, text: string): Promise<void> {
  await vscode.workspace.fs.writeFile(file(name), Buffer.from(text));
}

/** Makes a document what its file is, or a text. */
async function restore(document: vscode.TextDocument, text?: string): Promise<void> {
  const saved = text ?? new TextDecoder().decode(await vscode.workspace.fs.readFile(document.uri));
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), saved);
  assert.ok(await vscode.workspace.applyEdit(edit));
  assert.ok(await document.save());
}

describe('lenses', () => {
  let services: Services;

  before(async () => {
    services = await vscode.extensions.getExtension<Services>('retort.retort')!.activate();
  });

  beforeEach(() => services.activeRecipe.set(file('recipes/kd-tat.distill.json')));

  afterEach(async () => {
    for (const document of vscode.workspace.textDocuments) {
      if (document.isDirty) await restore(document);
    }
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('stand above builders and the layers of the active recipe', async () => {
    const lenses = await lensesOf(await open('models/resnet.ts'));
    assert.deepEqual(lenses['export function small(args: Args): tf.LayersModel {'], [
      'Distill…',
      'Train…',
      'Inspect',
    ]);
    const head = Object.keys(lenses).find((line) => line.includes("name: 'head'"));
    assert.deepEqual(lenses[head!], ['Hook…']);
  });

  it('stay while the file is half typed, and move with the text', async () => {
    const document = await open('models/resnet.ts');
    const whole = await lensesOf(document);
    await type(document, 'export function small', '// a line\nconst half = tf.model({ inputs: [\n');
    const half = await lensesOf(document);
    for (const line of Object.keys(whole)) assert.deepEqual(half[line], whole[line], line);
  });

  it('are not shown in a file that builds no model', async () => {
    assert.deepEqual(await lensesOf(await open('tsconfig.json')), {});
  });

  it('can be switched off, kind by kind', async () => {
    const settings = vscode.workspace.getConfiguration('retort.lenses');
    await settings.update('builders', false, vscode.ConfigurationTarget.Workspace);
    try {
      const titles = Object.values(await lensesOf(await open('models/resnet.ts'))).flat();
      assert.ok(!titles.includes('Inspect'));
      assert.ok(titles.includes('Hook…'));
    } finally {
      await settings.update('builders', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  describe('after Inspect', () => {
    it('stand above layers from loops and helpers, with hints, until the text differs', async function () {
      this.timeout(120_000);
      await services.context.workspaceState.update('lenses.input.models/resnet.ts#small', {
        inputShape: [8, 8, 1],
        classes: 3,
        args: {},
      });
      const document = await open('models/resnet.ts');
      await run(await lensNamed(document, 'export function small', 'Inspect'));
      const hints = await hintsOf(document);
      // 8x8x1 through two blocks with stride 2, of 4 and 8 channels.
      const pool = Object.keys(hints).find((line) => line.includes('globalAveragePooling2d'))!;
      assert.match(hints[pool]!, /^⟶ 8\b/);
      const dense = Object.keys(hints).find((line) => line.includes('tf.layers.dense'))!;
      assert.match(hints[dense]!, /^⟶ 3 · 27 · /);
      const convolution = Object.keys(hints).find((line) => line.includes('tf.layers.conv2d'))!;
      assert.match(hints[convolution]!, /^⟶ 6 layers, 2×2×8 · /);
      const loop = Object.keys(hints).find((line) => line.startsWith('x = block('))!;
      assert.match(hints[loop]!, /^⟶ \d+ layers, 2×2×8 · /);
      const lenses = await lensesOf(document);
      assert.deepEqual(lenses[convolution], ['Hook… (6 layers)']);
      const hooked = Object.entries(lenses).find(([, titles]) =>
        titles.some((title) => title.startsWith('◇')),
      );
      assert.match(hooked![0], /activation\(\{ activation: 'relu', name \}\)/);
      assert.equal(hooked![1][0], '◇ tat ← teacher:stage2, weight 0.1');

      await type(document, 'export function small', '// changed\n');
      assert.deepEqual(await hintsOf(document), {});
    });
  });

  it('take hooks out of the recipe by an edit that undo takes back', async function () {
    this.timeout(120_000);
    const recipe = await open('recipes/kd-tat.distill.json');
    const before = recipe.getText();
    await vscode.commands.executeCommand('retort.removeHook', recipe.uri, 1);
    assert.doesNotMatch(recipe.getText(), /"tat"/);
    assert.match(recipe.getText(), /"kd"/);
    await vscode.window.showTextDocument(recipe);
    await vscode.commands.executeCommand('undo');
    assert.equal(recipe.getText(), before);
  });

  it('add a hook, the best partner first, by an edit that undo takes back', async function () {
    this.timeout(120_000);
    const recipe = await open('recipes/kd-tat.distill.json');
    const before = recipe.getText();
    const document = await open('models/resnet.ts');
    const added = new Promise<void>((resolve) => {
      const listener = vscode.workspace.onDidChangeTextDocument(({ document: changed }) => {
        if (changed !== recipe) return;
        listener.dispose();
        resolve();
      });
    });
    const hooked = vscode.commands.executeCommand('retort.hookLayer', document.uri, 'stage1', 'small');
    // VS Code does not tell when its picks are open: the first choice is taken until both are made.
    const accepting = setInterval(() => {
      void vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
    }, 300);
    await added.finally(() => clearInterval(accepting));
    await hooked;
    const [line] = recipe
      .getText()
      .split('\n')
      .filter((text) => text.includes('"student": "stage1"'));
    assert.match(
      line!,
      /^ {4}\{ "method": "\w+", "student": "stage1", "teacher": "stage1", "weight": [\d.]+ \}$/,
    );
    const editor = vscode.window.activeTextEditor!;
    assert.equal(editor.document, recipe);
    assert.equal(editor.document.getText(editor.selection), line!.trim());
    await vscode.commands.executeCommand('undo');
    assert.equal(recipe.getText(), before);
  });

  describe('on several layers', function () {
    this.timeout(120_000);
    let picks: QuickPicks;
    let recipe: vscode.TextDocument;
    const written = `{
  "name": "stages",
  "data": { "source": { "format": "idx", "path": "../data" } },
  "teacher": { "model": "builtin:resnet20" },
  "student": { "model": "../models/stages.ts#stages" },
  "hooks": [
    { "method": "kd", "weight": 0.9 } // the answers
  ]
}
`;

    before(async () => {
      await write(
        'models/stages.ts',
        `import * as tf from '@tensorflow/tfjs';
export function stages({ inputShape, classes }: { inputShape: number[]; classes: number }): tf.LayersModel {
  const input = tf.input({ shape: inputShape });
  const one = tf.layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', name: 'stage1' });
  const two = tf.layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', strides: 2, name: 'stage2' });
  const three = tf.layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same', strides: 2, name: 'stage3' });
  const pooled = tf.layers.globalAveragePooling2d({ name: 'pool' });
  const logits = tf.layers.dense({ units: classes, name: 'head' });
  const outputs = [one, two, three, pooled, logits].reduce((x, layer) => layer.apply(x) as tf.SymbolicTensor, input);
  return tf.model({ inputs: input, outputs });
}
`,
      );
      await write('recipes/stages.distill.json', written);
    });

    beforeEach(async () => {
      const uri = file('recipes/stages.distill.json');
      recipe = await vscode.workspace.openTextDocument(uri);
      services.activeRecipe.set(uri);
      picks = new QuickPicks();
    });

    afterEach(async () => {
      picks.restore();
      // VS Code may have saved it by itself.
      await restore(recipe, written);
    });

    after(async () => {
      services.activeRecipe.set(file('recipes/kd-tat.distill.json'));
      for (const name of ['models/stages.ts', 'recipes/stages.distill.json'])
        await vscode.workspace.fs.delete(file(name));
    });

    /** Waits until the lenses above a line are these. */
    async function shows(line: string, titles: readonly string[]): Promise<void> {
      const document = await open('models/stages.ts');
      let last: string[] | undefined;
      await until(`the lenses above ${line}`, async () => {
        const lenses = Object.entries(await lensesOf(document));
        last = lenses.find(([text]) => text.startsWith(line))?.[1];
        return isDeepStrictEqual(last, titles);
      }).catch(() => undefined);
      assert.deepEqual(last, titles);
    }

    /** Clicks `Hook…` above the second stage; `done` is when all has been chosen. */
    async function hookSecond(): Promise<{ readonly done: Promise<void> }> {
      await shows('const two', ['Hook…']);
      return { done: run(await lensNamed(await open('models/stages.ts'), 'const two', 'Hook…')) };
    }

    it('make one hook, beginning with the layer, and undo takes it back', async () => {
      const before = recipe.getText();
      const { done } = await hookSecond();
      await picks.choose('Hook stage2: the method', 'reviewkd');
      const pick = await picks.on('Hook stage2: reviewkd');
      assert.equal(
        pick.items.find(({ kind }) => kind !== vscode.QuickPickItemKind.Separator)!.label,
        'stage2 ← stage2',
      );
      await until('the stages to be checked', () => pick.selectedItems.length === 3);
      await picks.accept('Hook stage2: reviewkd');
      await done;
      const hook =
        '{ "method": "reviewkd", "student": ["stage1", "stage2", "stage3"], "teacher": ["stage1", "stage2", "stage3"], "weight": 1 }';
      const editor = vscode.window.activeTextEditor!;
      assert.equal(editor.document, recipe);
      assert.deepEqual(JSON.parse(recipe.getText(editor.selection)), JSON.parse(hook));
      assert.match(recipe.getText(), /"weight": 0\.9 \}, \/\/ the answers\n/);
      await vscode.commands.executeCommand('undo');
      assert.equal(recipe.getText(), before);
    });

    it('take a layer into a hook of the recipe, show it at each, and let it go again', async () => {
      const edit = new vscode.WorkspaceEdit();
      const at = recipe.positionAt(recipe.getText().indexOf(' // the answers'));
      const [without, within] = ['["stage1", "stage3"]', '["stage1", "stage2", "stage3"]'];
      const hook = (layers: string) =>
        `{ "method": "fsp", "student": ${layers}, "teacher": ${layers}, "weight": 1 }`;
      edit.insert(recipe.uri, at, `,\n    ${hook(without)}`);
      assert.ok(await vscode.workspace.applyEdit(edit));
      const before = recipe.getText();
      await shows('const one', ['◇ fsp (1 of 2) ← teacher:stage1+stage3, weight 1', 'Edit', 'Remove Hook']);
      await shows('const two', ['Hook…']);

      const { done } = await hookSecond();
      await picks.choose('Hook stage2: the method', 'Add to fsp');
      const partners = await picks.on('Hook stage2: fsp');
      assert.ok(!partners.items.some(({ label }) => label === 'stage1'), 'a partner that has one');
      await picks.choose('Hook stage2: fsp', 'stage2');
      await done;
      assert.equal(recipe.getText(), before.replace(hook(without), hook(within)));
      const editor = vscode.window.activeTextEditor!;
      assert.equal(editor.document.getText(editor.selection), hook(within));
      const shown = ['Edit', 'Remove Layer', 'Remove Hook'];
      for (const [line, place] of [
        ['const one', 1],
        ['const two', 2],
        ['const three', 3],
      ] as const) {
        const title = `◇ fsp (${place} of 3) ← teacher:stage1…stage3, weight 1`;
        await shows(line, [title, ...shown]);
      }

      await run(await lensNamed(await open('models/stages.ts'), 'const two', 'Remove Layer'));
      assert.equal(recipe.getText(), before);
      await vscode.window.showTextDocument(recipe);
      await vscode.commands.executeCommand('undo');
      assert.equal(recipe.getText(), before.replace(hook(without), hook(within)));
      await vscode.commands.executeCommand('undo');
      assert.equal(recipe.getText(), before);
    });

    it('are two at least: one alone is not accepted, and going back leads to the methods', async () => {
      const before = recipe.getText();
      const { done } = await hookSecond();
      await picks.choose('Hook stage2: the method', 'afd');
      const pick = await picks.on('Hook stage2: afd');
      await until('the stages to be checked', () => pick.selectedItems.length === 3);
      for (const stage of ['stage1', 'stage3'])
        await picks.check('Hook stage2: afd', `${stage} ← ${stage}`, false);
      await until('that to be refused', async () => {
        await vscode.commands.executeCommand('workbench.action.acceptSelectedQuickOpenItem');
        return pick.placeholder === 'afd hooks at least two layers';
      });
      await picks.back('Hook stage2: afd');
      await picks.cancel('Hook stage2: the method');
      await done;
      assert.equal(recipe.getText(), before);
    });
  });

  it('offer an action on layers that have none', async () => {
    const document = await open('models/resnet.ts');
    const titles = async (at: string): Promise<string[]> => {
      const position = document.positionAt(document.getText().indexOf(at));
      const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        new vscode.Range(position, position),
      );
      return actions.map(({ title }) => title).filter((title) => /hook/i.test(title));
    };
    assert.deepEqual(await titles('tf.layers.conv2d'), ['Hook this layer…']);
    assert.deepEqual(await titles('tf.layers.dense'), []);
    assert.deepEqual(await titles('for (let stage'), []);
  });

  it('open the recipe at a hook', async () => {
    await open('models/resnet.ts');
    await vscode.commands.executeCommand('retort.editHook', file('recipes/kd-tat.distill.json'), 1);
    const editor = vscode.window.activeTextEditor!;
    assert.match(editor.document.getText(editor.selection), /^\{ "method": "tat".*\}$/);
  });

  it('tell at its line why a model cannot be built', async function () {
    this.timeout(120_000);
    const uri = file('models/throws.ts');
    await vscode.workspace.fs.writeFile(
      uri,
      Buffer.from(
        "import * as tf from '@tensorflow/tfjs';\nexport function broken(): tf.LayersModel {\n  throw new Error('no such width');\n}\n",
      ),
    );
    await services.context.workspaceState.update('lenses.input.models/throws.ts#broken', {
      inputShape: [8, 8, 1],
      classes: 3,
      args: {},
    });
    const document = await open('models/throws.ts');
    const told = new Promise<vscode.Diagnostic>((resolve) => {
      const listener = vscode.languages.onDidChangeDiagnostics(() => {
        const found = vscode.languages.getDiagnostics(uri).find(({ source }) => source === 'Retort');
        if (!found) return;
        listener.dispose();
        resolve(found);
      });
    });
    // The message stays until it is closed, and the command waits for that.
    void vscode.commands.executeCommand('retort.inspect', uri, 'broken');
    const diagnostic = await told;
    assert.equal(diagnostic.range.start.line, 2);
    assert.match(diagnostic.message, /no such width/);
    await type(document, 'throw', ' ');
    assert.deepEqual(
      vscode.languages.getDiagnostics(uri).filter(({ source }) => source === 'Retort'),
      [],
    );
  });
});
