import assert from 'node:assert/strict';
import * as path from 'node:path';
import { inSession, type Session } from '../session';
import type { Workbench } from '../workbench';

/** Commands that are about something in a folder: each way in which one asks for it. */
const COMMANDS = [
  'Run Recipe',
  'Pick the Active Recipe…',
  'Distill…',
  'Train…',
  'Hook Layer…',
  'Open Run',
  'Compare Runs…',
  'Open the Run at Work',
  'Delete Run',
  'Prune Checkpoints…',
];

describe('a window without a folder', function () {
  let session: Session;
  let workbench: Workbench;

  inSession(this, 'no-folder', async (started) => {
    session = started;
    ({ workbench } = session);
    await session.open();
  });

  it('says in the side bar how to begin', async () => {
    await workbench.showSideBar('Retort');
    await workbench.welcomeButton('Open Folder').waitFor();
    await workbench.welcomeButton('Open the Sample Project').waitFor();
    await workbench.page.getByText('Open a folder to keep runs in').waitFor();
    await session.shoot('welcome');
  });

  it('says the same for every command that is about something in a folder', async () => {
    for (const title of COMMANDS) {
      const sentence = 'Open a folder first: models, recipes and runs are kept in one';
      assert.equal(await workbench.refusal(`Retort: ${title}`), sentence, title);
    }
  });

  it('leads from that sentence to the sample project', async () => {
    await workbench.command('Retort: Run Recipe');
    await workbench.notification('Open a folder first').waitFor();
    await session.shoot('refused');
    await workbench.answer('Open a folder first', 'Open the Sample Project');
    await workbench.pickRow('Another Folder').waitFor();
    await session.shoot('where');
    await workbench.page.keyboard.press('Escape');
  });

  it('leads from the side bar to the sample project, opened', async () => {
    await workbench.welcomeButton('Open the Sample Project').click();
    await workbench.pick('Another Folder');
    await workbench.enterPath(session.place + path.sep);
    await session.page.waitForURL(/retort-sample/);
    await workbench.ready();
    session.opened = path.join(session.place, 'retort-sample');
    await workbench.showSideBar('Retort');
    await workbench.welcomeButton('Distill a Model…').waitFor();
    await session.shoot('sample-project');
  });
});
