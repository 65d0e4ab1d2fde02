import assert from 'node:assert/strict';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Services } from '../../src/extension/services';
import { loadCatalogue } from '../../src/recipe/load-catalogue';
import { readRecipe } from '../../src/recipe/parse';
import type { Recipe } from '../../src/recipe/schema';
import { QuickPicks } from './quick-picks';
import { until } from './until';

const root = (): vscode.Uri => vscode.workspace.workspaceFolders![0]!.uri;
const model = (): vscode.Uri => vscode.Uri.joinPath(root(), 'models', 'resnet.ts');

describe('distill', function () {
  this.timeout(180_000);
  let services: Services;
  let picks: QuickPicks;
  let recipesBefore: string[];

  before(async () => {
    services = await vscode.extensions.getExtension<Services>('retort.retort')!.activate();
    await services.runs.refresh();
  });

  beforeEach(async () => {
    picks = new QuickPicks();
    recipesBefore = await recipes();
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    await vscode.window.showTextDocument(model());
  });

  afterEach(async () => {
    picks.restore();
    await vscode.commands.executeCommand('notifications.clearAll');
    for (const made of (await recipes()).filter((file) => !recipesBefore.includes(file))) {
      await vscode.workspace.fs.delete(vscode.Uri.file(made));
    }
  });

  async function recipes(): Promise<string[]> {
    const folder = vscode.Uri.joinPath(root(), 'recipes');
    const entries = await vscode.workspace.fs.readDirectory(folder);
    return entries.map(([name]) => path.join(folder.fsPath, name)).sort();
  }

  function read(uri: vscode.Uri): Recipe {
    return readRecipe({ file: uri.fsPath, catalogue: loadCatalogue() }).recipe;
  }

  const teacherRun = (): string => {
    const found = services.runs
      .all()
      .filter(({ seen }) => typeof seen === 'object' && seen.recipe.name === 'teacher');
    assert.equal(found.length, 1);
    return found[0]!.run.id;
  };

  it('takes four choices to a recipe that is right, opened beside the code', async () => {
    const done = vscode.commands.executeCommand<vscode.Uri>('retort.distill', model(), 'small');
    const teacher = await picks.on('the teacher');
    assert.equal(teacher.step, 1);
    assert.equal(teacher.totalSteps, 4);
    // The best first, with what was measured.
    const [, best] = teacher.items;
    assert.equal(best?.label, 'large');
    assert.match(best?.description ?? '', /91\.8 % test accuracy · 1,234 parameters · idx/);
    await picks.accept('the teacher');

    const methods = await picks.on('the methods');
    assert.deepEqual(
      methods.selectedItems.map(({ label }) => label),
      ['kd'],
    );
    await picks.check('the methods', 'tat');
    await picks.accept('the methods');

    const layers = await picks.on('the layers');
    assert.deepEqual(
      layers.selectedItems.map(({ label }) => label),
      ['stage2 ← stage2'],
    );
    await picks.accept('the layers');
    const data = await picks.on('the data');
    assert.equal(data.items[0]?.description, 'as the teacher was trained');
    await picks.accept('the data');

    const uri = await done;
    assert.equal(path.basename(uri.fsPath), 'small-from-large.distill.json');
    const recipe = read(uri);
    assert.equal(recipe.name, 'small-from-large');
    assert.equal(recipe.teacher?.model, '../models/resnet.ts#large');
    assert.equal(recipe.teacher?.weights, `run:${teacherRun()}/best`);
    assert.equal(recipe.student.model, '../models/resnet.ts#small');
    assert.deepEqual(recipe.data.source.path, '../data');
    assert.deepEqual(
      recipe.hooks.map(({ method, student, weight }) => [method, student, weight]),
      [
        ['kd', undefined, 0.9],
        ['tat', 'stage2', 0.1],
      ],
    );
    const shown = vscode.window.visibleTextEditors.map(({ document }) => document.uri.toString());
    assert.ok(shown.includes(uri.toString()) && shown.includes(model().toString()), shown.join(' '));
    assert.equal(services.activeRecipe.uri?.toString(), uri.toString());
    // The workspace has the student alone already: the same data, trained in the same way.
    assert.deepEqual((await services.launcher.load(uri)).recipe.data.source.path, 'data');
  });

  it('puts a method that hooks several layers between the stages, in their order', async () => {
    const done = vscode.commands.executeCommand<vscode.Uri>('retort.distill', model(), 'small');
    await picks.accept('the teacher');
    await picks.check('the methods', 'reviewkd');
    await picks.accept('the methods');
    const layers = await picks.on('the layers');
    assert.deepEqual(
      layers.selectedItems.map(({ label }) => label),
      ['stage1 ← stage1', 'stage2 ← stage2'],
    );
    await picks.accept('the layers');
    await picks.accept('the data');
    const hook = read(await done).hooks.find(({ method }) => method === 'reviewkd')!;
    assert.deepEqual(
      [hook.student, hook.teacher],
      [
        ['stage1', 'stage2'],
        ['stage1', 'stage2'],
      ],
    );
  });

  it('asks for no layers where all methods are on the outputs, and goes back over that step', async () => {
    const done = vscode.commands.executeCommand<vscode.Uri>('retort.distill', model(), 'small');
    await picks.accept('the teacher');
    await picks.accept('the methods');
    await picks.back('the data');
    await picks.back('the methods');
    const teacher = await picks.on('the teacher');
    assert.deepEqual(teacher.buttons, []);
    await picks.accept('the teacher');
    await picks.accept('the methods');
    await picks.accept('the data');
    assert.deepEqual(
      read(await done).hooks.map(({ method }) => method),
      ['kd'],
    );
  });

  for (const [step, before] of [
    ['the teacher', []],
    ['the methods', ['the teacher']],
    ['the data', ['the teacher', 'the methods']],
  ] as const) {
    it(`leaves nothing when cancelled at ${step}`, async () => {
      const done = vscode.commands.executeCommand('retort.distill', model(), 'small');
      for (const each of before) await picks.accept(each);
      await picks.cancel(step);
      assert.equal(await done, undefined);
      assert.deepEqual(await recipes(), recipesBefore);
    });
  }

  it('offers to train a teacher that has no weights, and writes a recipe for that', async () => {
    const done = vscode.commands.executeCommand('retort.distill', model(), 'small');
    await picks.choose('the teacher', 'resnet20');
    const offer = await picks.on('the teacher');
    assert.equal(offer.items[0]?.label, 'Train resnet20 first');
    await picks.accept('the teacher');
    assert.equal(await done, undefined);
    await picks.choose('the data', 'fashion-mnist');
    const uri = await until('the recipe', () => {
      const editor = vscode.window.activeTextEditor;
      return editor?.document.uri.path.endsWith('/resnet20.distill.json') && editor.document.uri;
    });
    const recipe = read(uri);
    assert.equal(recipe.student.model, 'builtin:resnet20');
    assert.equal(recipe.teacher, undefined);
  });

  it('asks which model where the file has several', async () => {
    const done = vscode.commands.executeCommand('retort.distill');
    const which = await picks.on('Distill');
    assert.deepEqual(
      which.items.map(({ label }) => label),
      ['large', 'small'],
    );
    await picks.cancel('Distill');
    assert.equal(await done, undefined);
  });

  it('never writes over a recipe', async () => {
    const names: string[] = [];
    for (let time = 0; time < 2; time++) {
      const done = vscode.commands.executeCommand<vscode.Uri>('retort.train', model(), 'small');
      await picks.accept('the data');
      names.push(path.basename((await done).fsPath));
    }
    assert.deepEqual(names, ['small.distill.json', 'small-2.distill.json']);
  });

  it('trains the student alone for comparison, with the seeds it was distilled with', async () => {
    const before = new Set(services.runs.all().map(({ key }) => key));
    const recipe = services.runs
      .all()
      .find(
        ({ seen }) =>
          typeof seen === 'object' && seen.recipe.hooks.length === 2 && seen.recipe.train.seed === 0,
      )!;
    await vscode.commands.executeCommand('retort.trainBaseline', recipe.key);
    const made = services.runs.all().filter(({ key }) => !before.has(key));
    const seeds = made.map(({ seen }) => {
      assert.ok(typeof seen === 'object');
      assert.deepEqual(seen.recipe.hooks, []);
      assert.equal(seen.recipe.teacher, undefined);
      assert.equal(seen.recipe.name, 'small-from-large');
      return seen.recipe.train.seed;
    });
    // Seeds 0 and 1 are there.
    assert.deepEqual(seeds, [2]);
    await vscode.commands.executeCommand('retort.stopRun', made[0]!.key);
  });
});
