import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as vscode from 'vscode';
import { listRunIds } from '../../src/runs/folder';
import { until } from './until';
import type { Services } from '../../src/extension/services';

const root = (): vscode.Uri => vscode.workspace.workspaceFolders![0]!.uri;
const inWorkspace = (...names: string[]): vscode.Uri => vscode.Uri.joinPath(root(), ...names);

const base = {
  name: 'recipes-test',
  data: { source: { format: 'idx', path: '../data' }, validation: { fraction: 0.2 } },
  student: { model: '../models/resnet.ts#small' },
  train: { epochs: 1, batchSize: 16, optimizer: { type: 'adam', lr: 0.01 } },
};

describe('recipes', function () {
  // A run waits for its turn on the device, which other runs of this machine may have.
  this.timeout(180_000);
  let services: Services;
  const made: vscode.Uri[] = [];

  before(async () => {
    services = await vscode.extensions.getExtension<Services>('retort.retort')!.activate();
    await services.runs.ready;
  });

  after(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    for (const uri of made)
      await vscode.workspace.fs.delete(uri, { recursive: true }).then(undefined, () => undefined);
  });

  /** Opens a new recipe; `|` in its text is the cursor. */
  async function open(name: string, recipe: object | string) {
    const marked = typeof recipe === 'string' ? recipe : JSON.stringify(recipe, null, 2);
    const uri = inWorkspace('recipes', `${name}.distill.json`);
    made.push(uri);
    await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(marked.replace('|', '')));
    const document = await vscode.workspace.openTextDocument(uri);
    const editor = await vscode.window.showTextDocument(document);
    const position = document.positionAt(Math.max(marked.indexOf('|'), 0));
    return { uri, document, editor, position };
  }

  async function replace(document: vscode.TextDocument, from: string, to: string): Promise<void> {
    const start = document.getText().indexOf(from);
    assert.ok(start >= 0, `${from} is not there`);
    const edit = new vscode.WorkspaceEdit();
    const range = new vscode.Range(document.positionAt(start), document.positionAt(start + from.length));
    edit.replace(document.uri, range, to);
    assert.ok(await vscode.workspace.applyEdit(edit));
  }

  async function offered(uri: vscode.Uri, position: vscode.Position): Promise<string[]> {
    const list = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      uri,
      position,
    );
    return list.items
      .sort((a, b) => ((a.sortText ?? '') < (b.sortText ?? '') ? -1 : 1))
      .map(({ label }) => (typeof label === 'string' ? label : label.label));
  }

  async function hover(uri: vscode.Uri, position: vscode.Position): Promise<string> {
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      uri,
      position,
    );
    return hovers
      .flatMap(({ contents }) => contents)
      .map((content) => (typeof content === 'string' ? content : content.value))
      .join('\n');
  }

  const problems = (uri: vscode.Uri): string[] =>
    vscode.languages.getDiagnostics(uri).map(({ message }) => message);

  it('are JSON with comments and trailing commas, without complaints', async () => {
    const text = JSON.stringify(base, null, 2).replace(/\n}$/, ',\n}');
    const { uri, document, position } = await open(
      'plain',
      `// A comment.\n${text.replace('"train"', '"tr|ain"')}`,
    );
    assert.equal(document.languageId, 'jsonc');
    // The JSON service is up when it explains; what it complains about it has said by then.
    await until('the JSON service', async () => (await hover(uri, position)).includes('How long'));
    assert.deepEqual(problems(uri), []);
  });

  it('are completed from the schema, also half typed', async () => {
    const { uri, position } = await open('typed', '{ "name": "x", "hooks": [{ "method": "tat", "|" }], ');
    const keys = await until('keys', async () => {
      const found = await offered(uri, position);
      return found.includes('weight') && found;
    });
    for (const key of ['student', 'teacher', 'weight', 'options']) assert.ok(keys.includes(key), key);
  });

  it('complete the layers of the real model, those worth hooking first', async () => {
    const hooks = [{ method: 'tat', student: '|', teacher: 'stage2', weight: 0.1 }];
    const { uri, position } = await open('layers', { ...base, hooks });
    const layers = await until('layers', async () => {
      const found = await offered(uri, position);
      return found.includes('stage2') && found;
    });
    assert.ok(layers.indexOf('stage2') < layers.indexOf('head'), layers.join(' '));
    const named = await open('layer', { ...base, hooks: [{ ...hooks[0], student: 'sta|ge2' }] });
    assert.match(await hover(named.uri, named.position), /Activation, 0 parameters/);
  });

  it('complete whom a hook learns from, the layers of further teachers, and the hooks of a stage', async () => {
    const further = { ...base, teachers: { other: { model: '../models/resnet.ts#large', weights: null } } };
    const kd = { method: 'kd', weight: 1 };
    const from = await open('from', { ...further, hooks: [{ ...kd, from: '|' }] });
    const sources = await offered(from.uri, from.position);
    for (const name of ['other', 'student']) assert.ok(sources.includes(name), sources.join(' '));

    const pairs = { method: 'tat', from: 'other', student: ['stage1', 'stage2'], teacher: ['stage1', '|'] };
    const layers = await open('pairs', { ...further, hooks: [{ ...pairs, weight: 1 }] });
    await until('layers', async () => (await offered(layers.uri, layers.position)).includes('stage2'));

    const weights = await open('weights', {
      ...base,
      teachers: { other: { model: '../models/resnet.ts#large', weights: '|' } },
    });
    const runs = await offered(weights.uri, weights.position);
    assert.ok(
      runs.some((name) => name.startsWith('run:')),
      runs.join(' '),
    );

    const hooks = [kd, { ...pairs, teacher: ['stage1', 'stage2'], weight: 1 }];
    const stages = await open('stage-terms', {
      ...further,
      hooks,
      train: { ...base.train, stages: [{ epochs: 1, hooks: ['|'] }] },
    });
    const terms = await offered(stages.uri, stages.position);
    for (const name of ['kd', 'tat@stage1:other', 'tat@stage2:other'])
      assert.ok(terms.includes(name), terms.join(' '));
  });

  it('complete models of the workspace, built-in ones and runs', async () => {
    const { uri, position } = await open('models', { ...base, student: { model: '|' } });
    const models = await offered(uri, position);
    for (const model of ['../models/resnet.ts#large', '../models/plain.js#plain', 'builtin:resnet20']) {
      assert.ok(models.includes(model), `${model} in ${models.join(' ')}`);
    }
    const best = services.runs
      .all()
      .find(({ seen }) => typeof seen === 'object' && seen.recipe.name === 'teacher');
    assert.ok(models.includes(`run:${best!.run.id}/best`));
  });

  it('complete no models of another project in the window', async () => {
    const nested = inWorkspace('nested');
    made.push(nested);
    await vscode.workspace.fs.createDirectory(vscode.Uri.joinPath(nested, '.retort'));
    await vscode.workspace.fs.copy(
      inWorkspace('models', 'plain.js'),
      vscode.Uri.joinPath(nested, 'models', 'plain.js'),
    );
    const { uri, position } = await open('nested-models', { ...base, student: { model: '|' } });
    const models = await offered(uri, position);
    assert.ok(models.includes('../models/plain.js#plain'), models.join(' '));
    assert.ok(!models.includes('../nested/models/plain.js#plain'), models.join(' '));
  });

  it('say what a run is, with its accuracy', async () => {
    const teacher = services.runs
      .all()
      .find(({ seen }) => typeof seen === 'object' && seen.recipe.name === 'teacher')!;
    const { uri, position } = await open('run', {
      ...base,
      teacher: { model: `ru|n:${teacher.run.id}/best` },
    });
    assert.match(await hover(uri, position), /91\.8 % test accuracy/);
  });

  it('show what is wrong at its place, mend it by a quick fix, and are then right', async () => {
    const { uri, document } = await open('wrong', { ...base, hook: [] });
    const [problem] = await until('a problem', () => {
      const found = vscode.languages.getDiagnostics(uri);
      return found.length > 0 && found;
    });
    assert.equal(problem!.message, 'hook: unknown key; did you mean "hooks"?');
    assert.equal(document.getText(problem!.range), '"hook"');
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
      'vscode.executeCodeActionProvider',
      uri,
      problem!.range,
    );
    const fix = actions.find(({ title }) => title === 'Change to "hooks"');
    assert.ok(fix?.edit, actions.map(({ title }) => title).join());
    await vscode.workspace.applyEdit(fix.edit);
    await until('the problem to go', () => problems(uri).length === 0);
  });

  it('keep the problems and the layers while they are half typed', async () => {
    const { uri, document } = await open('half', { ...base, variant: 7 });
    await until('a problem', () => problems(uri).length === 1);
    await replace(document, '"train":', '"hooks": [{ "method": "tat", "student": ], "train":');
    await until('the syntax error', () => problems(uri).length > 1);
    assert.ok(problems(uri).some((message) => message.startsWith('variant:')));
    const at = document.positionAt(document.getText().indexOf('"student": ]') + 11);
    await until('layers', async () => (await offered(uri, at)).includes('stage2'));
  });

  const teacher = () => {
    const { run } = services.runs
      .all()
      .find(({ seen }) => typeof seen === 'object' && seen.recipe.name === 'teacher')!;
    return { model: '../models/resnet.ts#large', weights: `run:${run.id}/best` };
  };

  it('tell layers that the real model lacks, when saved, until they are mended', async () => {
    const { uri, document } = await open('unknown', {
      ...base,
      teacher: teacher(),
      hooks: [{ method: 'tat', student: 'stage7', teacher: 'stage2', weight: 0.1 }],
    });
    const message = 'hooks[0].student: no layer "stage7"; did you mean "stage1"?';
    await until('the unknown layer', () => problems(uri).includes(message));
    await replace(document, 'stage7', 'stage2');
    await until('the problem to go', () => problems(uri).length === 0);
  });

  it("know the layers of a student that ends in its teacher's classifier", async () => {
    const { uri, document } = await open('projected', {
      ...base,
      teacher: teacher(),
      student: { ...base.student, teacherClassifier: { after: 'stage2' } },
      hooks: [{ method: 'simkd', student: 'projektor', teacher: 'stage2', weight: 1 }],
    });
    const message = 'hooks[0].student: no layer "projektor"; did you mean "projector"?';
    await until('the unknown layer', () => problems(uri).includes(message));
    await replace(document, 'projektor', 'projector');
    await until('the problem to go', () => problems(uri).length === 0);
  });

  it('offer to run, check and duplicate, and the student alone where nothing is there to compare with', async () => {
    const lenses = async (uri: vscode.Uri): Promise<string[]> => {
      await vscode.window.showTextDocument(uri);
      const found = await vscode.commands.executeCommand<vscode.CodeLens[]>(
        'vscode.executeCodeLensProvider',
        uri,
        10,
      );
      return found.map(({ command }) => command?.title ?? '');
    };
    const all = ['$(play) Run', 'Check', 'Duplicate'];
    assert.deepEqual(await lenses(inWorkspace('recipes', 'kd-tat.distill.json')), all);
    const { uri } = await open('lonely', { ...base, hooks: [{ method: 'kd', weight: 1 }] });
    assert.deepEqual(await lenses(uri), [...all, 'Train alone for comparison']);
  });

  it('are duplicated to a free name', async () => {
    const { uri, document } = await open('twin', base);
    const copy = await vscode.commands.executeCommand<vscode.Uri>('retort.duplicateRecipe', uri);
    made.push(copy);
    assert.match(copy.path, /\/recipes\/twin-2\.distill\.json$/);
    assert.equal(fs.readFileSync(copy.fsPath, 'utf8'), document.getText());
    assert.equal(vscode.window.activeTextEditor?.document.uri.toString(), copy.toString());
  });

  it('are checked against models and data, with a report to read', async () => {
    const { uri } = await open('checked', base);
    await vscode.commands.executeCommand('retort.checkRecipe', uri);
    const report = await vscode.workspace.openTextDocument(
      vscode.Uri.from({ scheme: 'retort-check', path: uri.path.replace('.distill.json', '.check.md') }),
    );
    for (const said of ['12×12×1, 4 classes', 'stage2', 's a step']) {
      assert.ok(report.getText().includes(said), said);
    }
    // The size of the images is known now.
    const hook = { method: 'tat', student: 'sta|ge2', teacher: 'stage2', weight: 0.1 };
    const named = await open('seen', { ...base, hooks: [hook] });
    // A hover waits for a model only so long; asked again, it has been built meanwhile.
    await until('the size of the layer', async () =>
      (await hover(named.uri, named.position)).includes('output 3×3×8'),
    );
  });

  it('show what only a check finds, at its place', async () => {
    const { uri, document } = await open('shapes', {
      ...base,
      student: { model: '../models/resnet.ts#nothing' },
    });
    void vscode.commands.executeCommand('retort.checkRecipe', uri);
    const [problem] = await until('the problem', () => {
      const found = vscode.languages.getDiagnostics(uri);
      return found.length > 0 && found;
    });
    assert.match(problem!.message, /^student\.model: /);
    assert.equal(document.getText(problem!.range), '"../models/resnet.ts#nothing"');
    await vscode.commands.executeCommand('notifications.clearAll');
  });

  it('are saved and run', async () => {
    const { uri, document } = await open('run-me', { ...base, train: { ...base.train, epochs: 9 } });
    await replace(document, '"epochs": 9', '"epochs": 1');
    const before = new Set(services.runs.all().map(({ key }) => key));
    await vscode.commands.executeCommand('retort.runRecipe', uri);
    assert.equal(document.isDirty, false);
    const run = await until('the run', () => services.runs.all().find(({ key }) => !before.has(key)));
    assert.equal(services.activeRecipe.uri?.toString(), uri.toString());
    const done = await until(
      'its end',
      () => {
        const { seen } = services.runs.get(run.key)!;
        return typeof seen === 'object' && !['queued', 'starting', 'running'].includes(seen.state) && seen;
      },
      150,
    );
    assert.equal(done.state, 'done', done.info.reason);
    assert.equal(done.recipe.train.epochs, 1);
  });

  it('are not run where they are wrong: nothing is made', async () => {
    const { uri } = await open('refused', { ...base, student: { model: 'builtin:resnet9' } });
    const retort = inWorkspace('.retort').fsPath;
    const before = await listRunIds(retort);
    void vscode.commands.executeCommand('retort.runRecipe', uri);
    await until('the problem', () => problems(uri).length > 0);
    assert.deepEqual(await listRunIds(retort), before);
    await vscode.commands.executeCommand('notifications.clearAll');
  });
});
