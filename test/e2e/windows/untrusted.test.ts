import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { CommandContribution } from '../../../src/extension/common/manifest';
import { features } from '../../../src/extension/contributions';
import { loadRecipe } from '../../../src/launch/recipes';
import { createRun, type RunFolder } from '../../../src/runs/folder';
import { stateOf } from '../../../src/runs/state';
import { makeSampleWorkspace } from '../../extension/sample-workspace';
import { until } from '../../extension/until';
import type { Panel } from '../panel';
import { inSession, type Session } from '../session';
import type { Workbench } from '../workbench';

/** A stranger's project: with code that tells when it runs, a run that waits for its process, and others. */
describe('a workspace that is not trusted', function () {
  let session: Session;
  let workbench: Workbench;
  let panel: Panel;
  let waiting: RunFolder;
  /** What the project's code writes when it runs. */
  let trace: string;

  inSession(
    this,
    'untrusted',
    async (started) => {
      session = started;
      ({ workbench, panel } = session);
      const project = await makeSampleWorkspace(path.join(session.place, 'project'));
      trace = path.join(session.place, 'the-code-ran');
      const model = path.join(project, 'models', 'plain.js');
      const source = fs.readFileSync(model, 'utf8');
      fs.writeFileSync(
        model,
        `import { writeFileSync } from 'node:fs';\n${source}writeFileSync(${JSON.stringify(trace)}, '');\n`,
      );
      const recipe = path.join(project, 'recipes', 'waiting.distill.json');
      fs.writeFileSync(recipe, WAITING);
      const { retortFolder, ...loaded } = loadRecipe(recipe, ['hooks=[]', 'teacher='], project);
      waiting = await createRun(retortFolder, loaded.recipe);
      await session.open(project);
    },
    { asksForTrust: true },
  );

  it('shows its runs and their curves, and offers nothing that would go on with them', async () => {
    await workbench.showSideBar('Retort');
    await workbench.treeRow('Experiments', 'small-from-large').waitFor();
    await workbench.treeRow('Queue', 'not started yet').waitFor();
    await workbench.commandWithPick('Retort: Open Run', 'interrupted');
    await workbench.pick('interrupted');
    await panel.waitForState('interrupted');
    await panel.chart('Accuracy on validation').waitFor();
    const actions = await panel.frame
      .locator('[data-action]')
      .evaluateAll((buttons) =>
        buttons.map((button) => (button as unknown as { dataset: { action: string } }).dataset.action),
      );
    assert.deepEqual(new Set(actions), new Set(['openRecipe', 'openLog', 'reveal']));
    await session.shootPanel('run');
  });

  it('says where no run matches the filter, and clears it', async () => {
    await workbench.command('Retort: Filter Runs…');
    await workbench.enter('nothing like it');
    await workbench.welcomeButton('Clear Filter').click();
    await workbench.treeRow('Experiments', 'small-from-large').waitFor();
  });

  it('fetches the helper programs where that is asked for: they are not the project’s', async () => {
    await workbench.command('Retort: Fetch Helper Programs');
    await session.consent('esbuild');
    const natives = path.join(session.home, 'natives');
    await until('both helper programs', () => listed(natives).length === 2);
  });

  it('offers no lens and no command that runs code', async () => {
    await workbench.openFile('waiting.distill.json');
    await workbench.lens('Duplicate').waitFor();
    assert.deepEqual(await workbench.lensTexts(), ['Duplicate']);
    await session.shoot('recipe');
    await workbench.openFile('plain.js');
    await workbench.lens('tat ← teacher:stage2').waitFor();
    assert.deepEqual(await workbench.lensTexts(), ['◇ tat ← teacher:stage2, weight 0.1', 'Edit', 'Remove']);
    await session.shoot('model');
    const titles = await workbench.paletteTitles('Retort');
    const commands = features.flatMap((feature): readonly CommandContribution[] =>
      'commands' in feature ? feature.commands : [],
    );
    const always = commands.filter(
      ({ palette, enablement }) => palette === undefined && enablement === undefined,
    );
    for (const { title, needsTrust = false } of always) {
      assert.equal(titles.has(`Retort: ${title}`), !needsTrust, title);
    }
  });

  it('says in one sentence why a link to such a command does nothing, and leads to the question of trust', async () => {
    await workbench.commandWithPick('Welcome: Open Walkthrough...', 'Distil your first model');
    await workbench.pick('Distil your first model');
    await workbench.page
      .getByRole('button', { name: /Train a teacher/ })
      .first()
      .click();
    // What was trained before the walkthrough was first opened counts too.
    await workbench.page.getByRole('checkbox', { name: 'Train a teacher: Completed' }).waitFor();
    await workbench.page.getByRole('button', { name: 'Run a Recipe' }).click();
    const told = workbench.notification('This workspace is not trusted');
    await told.waitFor();
    await session.shoot('refused');
    assert.equal(
      await told.locator('.notification-list-item-message').innerText(),
      'This workspace is not trusted, and running or inspecting a model runs its code; trust it first',
    );
    await workbench.answer('This workspace is not trusted', 'Manage Workspace Trust');
    await workbench.page.getByRole('button', { name: 'Trust', exact: true }).waitFor();
  });

  it('has run and changed nothing until then', async () => {
    assert.ok(!fs.existsSync(trace), 'the code of the project ran');
    assert.equal((await stateOf(waiting)).state, 'queued');
    assert.deepEqual(listed(waiting.folder).sort(), ['recipe.json', 'run.json']);
    assert.deepEqual(listed(path.join(session.home, 'queue')), []);
  });

  it('does it all once it is trusted: the waiting run starts', async () => {
    await workbench.page.getByRole('button', { name: 'Trust', exact: true }).click();
    await until('the waiting run', async () => (await stateOf(waiting)).state === 'done', 240);
    assert.ok(fs.existsSync(trace));
    await workbench.treeRow('Experiments', 'waiting').waitFor();
    await workbench.openFile('waiting.distill.json');
    await workbench.lens('Run').waitFor();
    await workbench.lens('Check').waitFor();
    await workbench.openFile('plain.js');
    await workbench.lens('Distill').waitFor();
    await workbench.tab('kd+tat, seed 2').click();
    await panel.frame.locator('[data-action=resume]').waitFor();
    await session.shootPanel('trusted');
  });
});

const WAITING = `{
  "name": "waiting",
  "data": { "source": { "format": "idx", "path": "../data" }, "validation": { "fraction": 0.2 } },
  "teacher": { "model": "../models/resnet.ts#large", "weights": null },
  "student": { "model": "../models/plain.js#plain" },
  "hooks": [{ "method": "tat", "student": "stage2", "teacher": "stage2", "weight": 0.1 }],
  "train": { "epochs": 1, "batchSize": 16, "optimizer": { "type": "adam", "lr": 0.01 }, "seed": 0 }
}
`;

/** What is in a folder, without locks and work under way; nothing where there is none. */
function listed(folder: string): string[] {
  return fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => !name.startsWith('.')) : [];
}
