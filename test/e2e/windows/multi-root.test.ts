import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { writeJsonAtomic } from '../../../src/common/files';
import { listRunIds, openRun } from '../../../src/runs/folder';
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

  it('tells two runs of one id apart', async () => {
    await workbench.commandWithPick('Retort: Open Run…', 'teacher / alone / the copy');
    await workbench.pick('teacher / alone / the copy');
    await panel.frame.getByRole('heading', { level: 1, name: 'the copy' }).waitFor();
    await workbench.commandWithPick('Retort: Open Run…', 'teacher / alone / seed 0');
    await workbench.pick('teacher / alone / seed 0');
    await panel.frame.getByRole('heading', { level: 1, name: /^teacher/ }).waitFor();
    await workbench.tab('the copy').waitFor();
    await session.shoot('panels');
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
    await workbench.statusItem('alone').waitFor();
    await workbench.lens('Run').click();
    await session.consent('esbuild');
    await panel.waitForState('done');
    const tooltip = workbench.statusItem('alone').getByRole('button');
    assert.match((await tooltip.getAttribute('aria-label'))!, /second/);
    assert.deepEqual(await runIds(first), runsOfFirst);
    assert.equal((await runIds(second)).length, 2);
    await workbench.treeRow('Experiments', 'small-from-large').waitFor();
    await session.shoot('ran');
  });

  it('drops the runs of a folder that is taken out of the window', async () => {
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
