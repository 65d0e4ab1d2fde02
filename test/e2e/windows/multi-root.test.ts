import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { writeJsonAtomic } from '../../../src/common/files';
import { listRunIds, openRun, readInfo } from '../../../src/runs/folder';
import { writeNotes } from '../../../src/runs/notes';
import { writeTinyData } from '../../integration/tiny-workspace';
import { makeSampleWorkspace } from '../../extension/sample-workspace';
import { until } from '../../extension/until';
import type { Panel } from '../panel';
import { findRun } from '../project';
import { inSession, type Session } from '../session';
import type { Workbench } from '../workbench';

/** Two projects with models, recipes and experiments of the same names, and a run of the same id. */
describe('a window with two folders', function () {
  let session: Session;
  let workbench: Workbench;
  let panel: Panel;
  let first: string;
  let second: string;
  let both: string;
  let runsOfFirst: string[];

  inSession(this, 'two-folders', async (started) => {
    session = started;
    ({ workbench, panel } = session);
    first = await makeSampleWorkspace(path.join(session.place, 'first'));
    second = path.join(session.place, 'second');
    fs.cpSync(path.join(__dirname, '../../fixtures/workspace'), second, { recursive: true });
    writeTinyData(path.join(second, 'data'));
    runsOfFirst = await runIds(first);
    const teacher = await findRun(first, ({ name }) => name === 'teacher');
    const retortFolder = path.join(second, '.retort');
    fs.cpSync(teacher.folder, path.join(retortFolder, 'runs', teacher.id), { recursive: true });
    writeNotes(await openRun(retortFolder, teacher.id), { name: 'the copy' });
    const recipes = path.join(second, 'recipes');
    const recipe = fs.readFileSync(path.join(recipes, 'kd-tat.distill.json'), 'utf8');
    fs.writeFileSync(
      path.join(recipes, 'plain.distill.json'),
      recipe.replace('resnet.ts#small', 'plain.js#plain'),
    );
    const settings = path.join(second, '.vscode', 'settings.json');
    fs.mkdirSync(path.dirname(settings));
    writeJsonAtomic(settings, { 'retort.backend': 'wasm' });
    both = path.join(session.place, 'both.code-workspace');
    writeJsonAtomic(both, { folders: [{ path: 'first' }, { path: 'second' }] });
    await session.open(both);
  });

  it('shows the runs of both, each below its folder', async () => {
    await workbench.showSideBar('Retort');
    for (const folder of ['first', 'second']) {
      await workbench.treeRow('Experiments', new RegExp(`^${folder}`)).waitFor();
    }
    const teachers = workbench.tree('Experiments').filter({ hasText: /^teacher/ });
    await teachers.nth(1).waitFor();
    assert.equal(await teachers.count(), 2);
    await session.shoot('runs');
  });

  it('asks which folder the recipe of a built-in student goes to, where none is worked in', async () => {
    await workbench.commandWithPick('Retort: Train…', 'resnet8');
    await workbench.pick('resnet8');
    await workbench.pickRow('second').waitFor();
    await session.shoot('which-folder');
    await workbench.pick('second');
    await workbench.pick('fashion-mnist');
    await workbench.statusItem('resnet8').waitFor();
    assert.ok(fs.existsSync(path.join(second, 'recipes', 'resnet8.distill.json')));
  });

  it('takes the folder of the recipe that is worked on for it', async () => {
    await workbench.openFile('alone.distill.json', 'first');
    await workbench.statusItem('alone').waitFor();
    await workbench.commandWithPick('Retort: Train…', 'resnet20');
    await workbench.pick('resnet20');
    await workbench.pick('fashion-mnist');
    await workbench.statusItem('resnet20').waitFor();
    assert.ok(fs.existsSync(path.join(first, 'recipes', 'resnet20.distill.json')));
    await workbench.clearNotifications();
  });

  it('tells two runs of one id apart', async () => {
    await workbench.commandWithPick('Retort: Open Run', 'second / teacher / alone / the copy');
    await workbench.pick('second / teacher / alone / the copy');
    await panel.frame.getByRole('heading', { level: 1, name: 'the copy' }).waitFor();
    await panel.frame.getByText('second / teacher / alone / seed 0').waitFor();
    await panel.frame.getByRole('button', { name: 'CSV' }).click();
    const place = workbench.quickInput.getByRole('textbox').first();
    await until('a place in the second folder', async () =>
      (await place.inputValue()).startsWith(path.join(second, 'second-teacher-alone-seed0-')),
    );
    await place.press('Escape');
    await workbench.commandWithPick('Retort: Open Run', 'first / teacher / alone / seed 0');
    await workbench.pick('first / teacher / alone / seed 0');
    await panel.frame.getByRole('heading', { level: 1, name: /^first \/ teacher/ }).waitFor();
    await workbench.tab('the copy · second').waitFor();
    await workbench.tab('alone, seed 0 · first').waitFor();
    await panel.frame.getByRole('button', { name: 'Overlay' }).click();
    await panel.frame.getByRole('checkbox', { name: 'second / teacher / the copy' }).waitFor();
    await session.shoot('panels');
  });

  it('compares runs of both, each named with its folder', async () => {
    const runs = ['first / teacher / alone / seed 0', 'second / teacher / alone / the copy'];
    await workbench.commandWithPick('Retort: Compare Runs…', runs[0]!);
    await workbench.pickMany(runs);
    const heading = panel.frame.locator('.results th[scope=col]');
    await heading.filter({ hasText: 'the copy' }).filter({ hasText: 'second / teacher' }).waitFor();
    await heading.filter({ hasText: 'alone, seed 0' }).filter({ hasText: 'first / teacher' }).waitFor();
    assert.equal(await heading.count(), 2);
    await session.shoot('compared');
  });

  it('takes a recipe of the second folder as that folder’s: its experiment lacks what the first one has', async () => {
    await workbench.openFile('plain.distill.json');
    await workbench.statusItem('plain').waitFor();
    await workbench.lens('Train alone for comparison').waitFor();
    await session.shoot('recipe');
    await workbench.openFile('plain.js', 'second');
    await workbench.lens('tat ← teacher:stage2').waitFor();
    // The model of the same name in the first folder is none of the recipe's.
    await workbench.openFile('plain.js', 'first');
    const ofFirst = ['Distill…', 'Train…', 'Inspect'];
    await until('the lenses of the other model', async () =>
      isDeepStrictEqual(await workbench.lensTexts(), ofFirst),
    );
    await session.shoot('other-model');
  });

  it('runs a recipe of the second folder there', async () => {
    await workbench.openFile('alone.distill.json', 'second');
    await workbench.statusItem('alone · second').waitFor();
    await workbench.lens('Run').click();
    await session.consent('esbuild');
    await panel.waitForState('done');
    const tooltip = workbench.statusItem('alone').getByRole('button');
    assert.match((await tooltip.getAttribute('aria-label'))!, /second/);
    assert.deepEqual(await runIds(first), runsOfFirst);
    assert.equal((await runIds(second)).length, 2);
    const ran = await findRun(second, ({ name }) => name === 'small-from-large');
    // As the second folder's settings say, not the window's.
    assert.equal((await readInfo(ran)).backend?.requested, 'wasm');
    await workbench.treeRow('Experiments', 'small-from-large').waitFor();
    await session.shoot('ran');
  });

  it('frees the room of the folder that is picked', async () => {
    // The run has left more checkpoints than are needed; the first folder has none.
    await workbench.commandWithPick('Retort: Show Disk Use', 'Runs of first');
    await workbench.pick('Runs of first');
    await workbench.notification('Nothing to remove').waitFor();
    await workbench.clearNotifications();
    await workbench.commandWithPick('Retort: Show Disk Use', 'Runs of second');
    await workbench.pick('Runs of second');
    const dialog = session.page.locator('.monaco-dialog-box').filter({ hasText: /checkpoints of 1 runs/ });
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await dialog.waitFor({ state: 'detached' });
  });

  it('keeps what it has learned of the data to the folder that the data are in', async () => {
    await workbench.openFile('kd-tat.distill.json', 'first');
    await workbench.statusItem('kd-tat').waitFor();
    await workbench.openFile('resnet.ts', 'first');
    const input = workbench.quickInput.getByRole('textbox');
    await workbench.askByLens('Inspect', 'export function small', input);
    await input.press('Escape');
    await workbench.openFile('alone.distill.json', 'second');
    await workbench.statusItem('alone').waitFor();
    await workbench.openFile('resnet.ts', 'second');
    // The run has shown what its images are, and that they are of four classes.
    await workbench.askByLens('Inspect', 'export function small', workbench.hint(/⟶\s4\s·\s36/));
    await session.shoot('inspected');
  });

  it('drops the runs of a folder that is taken out of the window', async () => {
    await workbench.tab('alone, seed 0 · second').click();
    const text = JSON.parse(fs.readFileSync(both, 'utf8')) as object;
    writeJsonAtomic(both, { ...text, folders: [{ path: 'first' }] });
    await workbench.treeRow('Experiments', /^second/).waitFor({ state: 'detached' });
    await workbench.treeRow('Experiments', 'small-from-large').waitFor();
    await workbench.statusItem('alone').waitFor({ state: 'detached' });
    await panel.frame.locator('.banner').getByText('not part of this window any more').waitFor();
    await session.shoot('one-folder');
  });
});

async function runIds(project: string): Promise<string[]> {
  return (await listRunIds(path.join(project, '.retort'))).sort();
}
