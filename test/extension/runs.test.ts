import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { RunChange, SeenRun } from '../../src/extension/common/seen-run';
import { unreadableRow } from '../../src/extension/runs/model/run-row';
import { markdownOf, treeItemOf } from '../../src/extension/runs/tree-item';
import type { Services } from '../../src/extension/services';
import { until as untilThere } from './until';

describe('what is done to runs', () => {
  let services: Services;

  before(async () => {
    services = await vscode.extensions.getExtension<Services>('retort.retort')!.activate();
    await services.runs.ready;
  });

  const find = (fits: (run: SeenRun) => boolean): SeenRun => {
    const found = services.runs.all().find(fits);
    assert.ok(found, 'there is such a run');
    return found;
  };
  const stateOf = ({ seen }: SeenRun): string => (typeof seen === 'string' ? 'damaged' : seen.state);
  const done = (): SeenRun => find((run) => stateOf(run) === 'done');

  /** The run as soon as it fits; changes of the store are waited for, not looked after. */
  const until = (key: string, fits: (run: SeenRun | undefined) => boolean): Promise<SeenRun | undefined> =>
    new Promise((resolve) => {
      const take = (): boolean => {
        const run = services.runs.get(key);
        if (!fits(run)) return false;
        listener.dispose();
        resolve(run);
        return true;
      };
      const listener = services.runs.onDidChange((_: RunChange) => take());
      take();
    });

  it('stars and unstars, and the star is in the notes', async () => {
    const { key } = done();
    await vscode.commands.executeCommand('retort.starRun', key);
    assert.equal(services.runs.get(key)!.notes.star, true);
    const file = path.join(key, 'notes.json');
    assert.deepEqual(JSON.parse(fs.readFileSync(file, 'utf8')), { star: true });
    await vscode.commands.executeCommand('retort.unstarRun', { key });
    assert.deepEqual(services.runs.get(key)!.notes, {});
  });

  it('edits a note as a text document', async () => {
    const { key } = done();
    await vscode.commands.executeCommand('retort.editNote', key);
    const editor = vscode.window.activeTextEditor!;
    assert.match(editor.document.uri.path, /Note on .*\.md$/);
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), 'Wider than the first'));
    assert.ok(await editor.document.save());
    const seen = await until(key, (run) => run?.notes.note !== undefined);
    assert.equal(seen!.notes.note, 'Wider than the first');
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('shows a log read-only, and follows it', async () => {
    const { key } = done();
    const log = path.join(key, 'log.txt');
    fs.appendFileSync(log, 'one more line\n');
    await vscode.commands.executeCommand('retort.showRunLog', key);
    const { document } = vscode.window.activeTextEditor!;
    assert.match(document.getText(), /one more line/);
    const changed = new Promise<void>((resolve) => {
      const listener = vscode.workspace.onDidChangeTextDocument((event) => {
        if (event.document !== document) return;
        listener.dispose();
        resolve();
      });
    });
    fs.appendFileSync(log, 'and another\n');
    await changed;
    assert.match(document.getText(), /and another/);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
  });

  it('copies ids and references', async () => {
    const { key, run } = done();
    await vscode.commands.executeCommand('retort.copyRunId', key);
    assert.equal(await vscode.env.clipboard.readText(), run.id);
    await vscode.commands.executeCommand('retort.copyReference', key);
    assert.equal(await vscode.env.clipboard.readText(), `run:${run.id}`);
  });

  it('deletes to the trash of the workspace, and lets go of the run', async () => {
    const { key, run } = done();
    await vscode.commands.executeCommand('retort.deleteRun', key);
    assert.equal(services.runs.get(key), undefined);
    const trashed = path.join(run.retortFolder, 'trash', run.id);
    assert.ok(fs.existsSync(path.join(trashed, 'recipe.json')));
    fs.renameSync(trashed, key);
    await services.runs.refresh();
    assert.ok(services.runs.get(key));
  });

  it('shows a run that was damaged, and the others as before', async () => {
    const { key, run } = done();
    const file = path.join(key, 'run.json');
    const content = fs.readFileSync(file);
    const before = services.runs.all().length;
    fs.writeFileSync(file, '{');
    await services.runs.refresh();
    assert.equal(stateOf(services.runs.get(key)!), 'damaged');
    assert.equal(services.runs.all().length, before);
    // A click on its row opens the panel, which says what is the matter.
    const { command } = treeItemOf(unreadableRow(services.runs.get(key)!, 'why'));
    await vscode.commands.executeCommand(command!.command, ...(command!.arguments as unknown[]));
    await untilThere(`a panel named ${run.id}`, () =>
      vscode.window.tabGroups.all.some(({ tabs }) => tabs.some(({ label }) => label === run.id)),
    );
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    fs.writeFileSync(file, content);
    await services.runs.refresh();
    assert.equal(stateOf(services.runs.get(key)!), 'done');
  });

  it('sets what a hover says as text, in which long lines break between words alone', () => {
    const facts = [['Why', 'lower *train.lr* & co']] as const;
    const { value } = markdownOf({ title: 'a', facts, text: '1. [click](command:evil) &nbsp;' });
    assert.equal(
      value,
      '**a**  \nWhy:&#32;lower&#32;\\*train.lr\\*&#32;&amp;&#32;co\n\n---\n\n' +
        '1.&#32;\\[click\\]\\(command:evil\\)&#32;&amp;nbsp;',
    );
  });

  it('refuses to delete a run at work, stops it, and resumes it', async function () {
    this.timeout(180_000);
    const [folder] = vscode.workspace.workspaceFolders!;
    const uri = vscode.Uri.joinPath(folder!.uri, 'recipes/alone.distill.json');
    const { recipe, retortFolder } = await services.launcher.load(uri);
    const endless = { ...recipe, name: 'endless', train: { ...recipe.train, epochs: 100_000 } };
    const { folder: key } = await services.launcher.start(retortFolder, endless);
    const isRunning = (run: SeenRun | undefined): boolean => run !== undefined && stateOf(run) === 'running';
    const isOver = (run: SeenRun | undefined): boolean => ['stopped', 'failed'].includes(stateOf(run!));
    await services.runs.refresh();
    await until(key, isRunning);
    await vscode.commands.executeCommand('retort.deleteRun', key);
    assert.ok(fs.existsSync(key));
    for (const attempt of [1, 2]) {
      const command = attempt === 1 ? 'retort.stopRun' : 'retort.stopRunAfterEpoch';
      await vscode.commands.executeCommand(command, key);
      const { seen } = (await until(key, isOver))!;
      assert.ok(typeof seen === 'object');
      assert.equal(seen.state, 'stopped', seen.info.reason);
      assert.equal(seen.info.attempt, attempt);
      if (attempt === 2) {
        const { step, stepsPerEpoch } = seen.info.progress!;
        assert.equal(step % stepsPerEpoch, 0, 'it stopped within an epoch');
        break;
      }
      await vscode.commands.executeCommand('retort.resumeRun', key);
      await until(key, isRunning);
    }
    await vscode.commands.executeCommand('retort.deleteRun', key);
    assert.ok(!fs.existsSync(key));
  });
});
