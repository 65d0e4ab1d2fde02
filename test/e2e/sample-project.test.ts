import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { findRecipe, liveRun } from './project';
import type { Panel } from './panel';
import { readMetrics } from '../../src/runs/metrics';
import type { RunFolder } from '../../src/runs/folder';
import { inSession, type Session } from './session';
import type { Workbench } from './workbench';

/** The chart whose points are the lines of training. */
const TRAINING = 'Accuracy in training';

describe('the sample project, from the package', function () {
  let session: Session;
  let workbench: Workbench;
  let panel: Panel;
  let project: string;
  let recipe: string;
  let run: RunFolder;

  inSession(this, 'sample-project', (started) => {
    session = started;
    ({ workbench, panel } = session);
  });

  it('is opened by a command, from a window without a folder', async () => {
    await session.open();
    await workbench.showSideBar('Retort');
    await session.shoot('no-folder');
    await workbench.command('Retort: Open the Sample Project…');
    await workbench.pick('Another Folder');
    await workbench.enterPath(session.place + path.sep);
    project = path.join(session.place, 'retort-sample');
    await session.page.waitForURL(/retort-sample/);
    await workbench.ready();
    session.opened = project;
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
    await session.consent('esbuild');
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
    await workbench.askByLens('Distill', 'function resnet8', workbench.pickRow('resnet20'));
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
    fs.writeFileSync(recipe, fs.readFileSync(recipe, 'utf8').replace(/"epochs": \d+/, '"epochs": 24'));
    await workbench.page.locator('.view-line').filter({ hasText: '"epochs": 24' }).first().waitFor();
    await workbench.answer('ready to run', 'Run');
    await panel.waitForState('running');
    const rows = await panel.rows(TRAINING);
    await rows.first().waitFor();
    await rows.nth((await rows.count()) + 2).waitFor();
    await session.shootPanel('running');
    await workbench.treeRow('Experiments', 'running').waitFor();
  });

  it('goes on through a reload, and the panel misses no metric', async () => {
    run = await liveRun(project);
    await workbench.reload();
    await panel.waitForState('running');
    await session.shootPanel('after-reload');
    const written = await trainSteps(run);
    await (await panel.rows(TRAINING)).nth(written.length - 1).waitFor();
  });

  it('stops and resumes from the panel', async () => {
    await panel.act('stop');
    await panel.waitForState('stopped');
    await session.shootPanel('stopped');
    await panel.act('resume');
    await panel.waitForState('running');
    await (await panel.rows(TRAINING)).nth((await trainSteps(run)).length).waitFor();
  });

  it('offers the student alone for comparison, which waits in the queue', async () => {
    await workbench.tab('.distill.json').click();
    fs.writeFileSync(recipe, fs.readFileSync(recipe, 'utf8').replace(/"epochs": \d+/, '"epochs": 4'));
    await workbench.page.locator('.view-line').filter({ hasText: '"epochs": 4' }).first().waitFor();
    await workbench.lens('Train alone for comparison').click();
    await workbench.treeRow('Queue', 'alone').waitFor();
    await panel.waitForState('queued');
    await session.shootPanel('queued');
    await workbench.tab('kd+tat').click();
    await panel.waitForState('done', 280_000);
    await session.shootPanel('done');
    await workbench.tab('alone').click();
    await panel.waitForState('done', 280_000);
  });

  it('has lost and doubled no metric in all this', async () => {
    await workbench.tab('kd+tat').click();
    const steps = await trainSteps(run);
    assert.deepEqual(steps, [...new Set(steps)], 'doubled');
    const gaps = steps.slice(1).map((step, index) => step - steps[index]!);
    assert.ok(Math.max(...gaps) <= Math.max(...gaps.slice(0, 3)), `a gap: ${steps.join(' ')}`);
    const rows = await panel.rows(TRAINING);
    await rows.nth(steps.length - 1).waitFor();
    assert.equal(await rows.count(), steps.length);
  });

  it('shows hooks, predictions and log', async () => {
    // The whole width, as one reads results.
    await workbench.command('View: Join All Editor Groups');
    for (const tab of ['Overview', 'Hooks', 'Predictions', 'Compare', 'Log']) {
      await panel.openTab(tab);
      await session.shootPanel(`tab-${tab.toLowerCase()}`);
    }
  });

  it('is read by the keyboard alone', async () => {
    await panel.openTab('Overview');
    const titles = await panel.charts.getByRole('heading').allInnerTexts();
    await panel.showTable(TRAINING, false);
    await workbench.commandWithPick('Retort: Open Run', 'kd+tat');
    await workbench.enter('kd+tat');
    const reached: string[] = [];
    for (let presses = 0; presses < 80 && reached.length < titles.length; presses++) {
      await workbench.page.keyboard.press('Tab');
      const title = await panel.focusedChart();
      if (title === undefined || reached.includes(title)) continue;
      reached.push(title);
      await workbench.page.keyboard.press('End');
      await workbench.page.keyboard.press('ArrowLeft');
      assert.match(await panel.spoken(title), /^epoch [\d.]+: .*\d/, title);
    }
    assert.deepEqual(reached, titles);
    await session.shootPanel('keyboard');
  });

  it('compares it with the student alone', async () => {
    const name = 'resnet8-from-resnet20';
    await workbench.commandWithPick('Retort: Compare Runs…', 'kd+tat');
    await workbench.pickMany([`${name} / kd+tat / seed 0`, `${name} / alone / seed 0`]);
    await panel.frame.getByRole('heading', { name: /^Comparison of/ }).waitFor();
    await panel.frame.getByRole('table').first().waitFor();
    await session.shootPanel('comparison');
  });

  it('exports the student, and the charts as CSV, SVG and PNG', async () => {
    await workbench.tab('kd+tat').click();
    for (const format of ['csv', 'svg', 'png']) {
      const file = path.join(session.place, `exported.${format}`);
      await panel.frame.getByTitle(`Save as ${format.toUpperCase()}`).click();
      await workbench.enterPath(file);
      await workbench.statusItem(`Saved exported.${format}`).waitFor();
      assert.ok(fs.statSync(file).size > 1000, `${format}: ${fs.statSync(file).size} bytes`);
    }
    await panel.act('exportStudent');
    await workbench.enterPath(session.place + path.sep);
    await workbench.notification('Written to').waitFor();
    const folder = fs.readdirSync(session.place).find((name) => name.endsWith(run.id))!;
    const model = JSON.parse(fs.readFileSync(path.join(session.place, folder, 'model.json'), 'utf8')) as {
      weightsManifest: { paths: string[] }[];
    };
    for (const file of model.weightsManifest.flatMap(({ paths }) => paths)) {
      assert.ok(fs.statSync(path.join(session.place, folder, file)).size > 1000);
    }
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

/** The steps of the lines of training that count, in the order written. */
async function trainSteps(run: RunFolder): Promise<number[]> {
  const { lines } = await readMetrics(run);
  return lines.filter(({ kind }) => kind === 'train').map(({ step }) => step);
}
