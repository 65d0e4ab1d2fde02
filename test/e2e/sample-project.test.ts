import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { findRecipe, liveRun } from './project';
import { Panel } from './panel';
import { readMetrics } from '../../src/runs/metrics';
import { Session } from './session';
import type { Workbench } from './workbench';

describe('the sample project, from the package', function () {
  this.bail(true);
  this.timeout(300_000);
  let session: Session;
  let workbench: Workbench;
  let panel: Panel;
  let project: string;
  let recipe: string;

  before(async () => {
    session = await Session.start('sample-project');
    ({ workbench } = session);
    panel = new Panel(workbench);
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await session.shootFailure(this.currentTest.title);
  });
  after(() => session?.end());

  it('is opened by a command, from a window without a folder', async () => {
    await session.open();
    await workbench.showSideBar('Retort');
    await session.shoot('no-folder');
    await workbench.command('Retort: Open the Sample Project…');
    await workbench.pick('Another Folder');
    await workbench.enter(session.place + path.sep);
    project = path.join(session.place, 'retort-sample');
    await session.page.waitForURL(/retort-sample/);
    await workbench.ready();
    session.folder = project;
    shorten(project);
    await workbench.showSideBar('Retort');
    await session.page.getByText('Open the Sample Project').first().waitFor();
    await session.shoot('no-runs');
  });

  it('trains a teacher by the lens above its recipe', async () => {
    await workbench.openFile('teacher.distill.json');
    await workbench.lens('Run').waitFor();
    await session.shoot('recipe');
    await workbench.lens('Run').click();
    await workbench.page.locator('.monaco-dialog-box').getByText('Retort needs esbuild').waitFor();
    await session.shoot('consent');
    await workbench.page.locator('.monaco-dialog-box').getByRole('button', { name: 'Fetch' }).click();
    await panel.frame.locator('.run-state').waitFor();
    await session.shootPanel('teacher-starts');
    await panel.waitForState('done');
    await workbench.notification('teacher').waitFor();
    await session.shootPanel('teacher-done');
    await workbench.clearNotifications();
  });

  it('writes a recipe by Distill in four choices', async () => {
    await workbench.openFile('resnet.ts');
    await workbench.lens('Distill').first().waitFor();
    await session.shoot('lenses');
    // Above resnet8, the second builder of the file.
    await workbench.lens('Distill', 1).click();
    await workbench.pickRow('resnet20').waitFor();
    await session.shoot('choose-teacher');
    await workbench.pick('resnet20');
    await workbench.pickRow('tat').waitFor();
    await session.shoot('choose-methods');
    await workbench.pickMany(['kd', 'tat']);
    await workbench.pickRow('stage3 ← stage3').waitFor();
    await session.shoot('choose-layers');
    await workbench.confirm();
    await workbench.pickRow('as the teacher was trained').waitFor();
    await session.shoot('choose-data');
    await workbench.pick('as the teacher was trained');
    await workbench.notification('ready to run').waitFor();
    await session.shoot('recipe-written');
    recipe = findRecipe(project);
    const text = fs.readFileSync(recipe, 'utf8');
    assert.match(text, /"method": "kd"/);
    assert.match(text, /"method": "tat", *"student": "stage3", "teacher": "stage3"/);
  });

  it('runs it, and the curves move', async () => {
    // Long enough to be reloaded, stopped and resumed.
    fs.writeFileSync(recipe, fs.readFileSync(recipe, 'utf8').replace(/"epochs": \d+/, '"epochs": 12'));
    await workbench.page.locator('.view-line').filter({ hasText: '"epochs": 12' }).first().waitFor();
    await workbench.answer('ready to run', 'Run, and');
    await panel.waitForState('running');
    const before = await (await panel.rows('Accuracy in training')).count();
    const rows = await panel.rows('Accuracy in training');
    await rows.nth(before + 2).waitFor();
    await session.shootPanel('running');
    await workbench.showSideBar('Retort');
    await workbench.treeRow('Experiments', 'running').waitFor();
    await workbench.treeRow('Queue', 'alone').waitFor();
  });

  it('goes on through a reload, and the panel misses no metric', async () => {
    await workbench.reload();
    await panel.waitForState('running');
    await session.shootPanel('after-reload');
    const run = await liveRun(project);
    const { lines } = await readMetrics(run);
    const rows = await panel.rows('Accuracy in training');
    await rows.nth(lines.filter(({ kind }) => kind === 'train').length - 1).waitFor();
  });
});

/** As the project's README advises for slow machines: fewer images, in smaller batches, so that a teacher takes seconds. */
function shorten(project: string): void {
  const folder = path.join(project, 'recipes');
  for (const name of fs.readdirSync(folder)) {
    const file = path.join(folder, name);
    const text = fs.readFileSync(file, 'utf8');
    const shorter = text
      .replace(/"train": \{ "limit": \d+ \}/, '"train": { "limit": 1280 }')
      .replace(/"limit": 2000/, '"limit": 300')
      .replace(/"epochs": \d+/, '"epochs": 3')
      .replace(/"batchSize": \d+/, '"batchSize": 16')
      .replace(/"lr": 0.1/, '"lr": 0.05');
    assert.notEqual(shorter, text);
    fs.writeFileSync(file, shorter);
  }
}
