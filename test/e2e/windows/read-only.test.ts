import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { makeSampleWorkspace } from '../../extension/sample-workspace';
import type { Panel } from '../panel';
import { findRun } from '../project';
import { inSession, type Session } from '../session';
import type { Workbench } from '../workbench';
import { makeReadOnly } from './read-only-folder';

const RUN = 'small-from-large / kd+tat / seed 1';

/** Mounted read-only for root, without permission to write for others: skipped where neither is possible. */
describe('a folder that cannot be written to', function () {
  let session: Session;
  let workbench: Workbench;
  let panel: Panel;
  let project: string;
  let folder: string;
  let id: string;
  /** Everything in the folder, before anything is tried. */
  let before: string[];

  inSession(this, 'read-only', async function (started) {
    session = started;
    ({ workbench, panel } = session);
    project = await makeSampleWorkspace(path.join(session.place, 'project'));
    const readOnly = makeReadOnly(project, path.join(session.place, 'read-only'));
    if (typeof readOnly === 'string') {
      console.log(`      skipped: ${readOnly}`);
      return this.skip();
    }
    session.atEnd(readOnly.undo);
    ({ folder } = readOnly);
    id = await idOfSeed(1);
    before = filesIn(project);
    session.writable = project;
    await session.open(folder);
  });

  /** The run of kd+tat with a seed. */
  const idOfSeed = async (seed: number): Promise<string> =>
    (await findRun(project, ({ hooks, train }) => hooks.length > 0 && train.seed === seed)).id;
  /** Holds that a sentence says where nothing can be written, why, and what to do. */
  const isRefused = (sentence: string, where: string): void => {
    const [, place, why = ''] = /(?:cannot work|No run can be made) in (\S+): (.*)$/.exec(sentence) ?? [];
    assert.equal(place, path.join(folder, where), sentence);
    assert.match(why, /^(it is read-only|permission is denied); .*work on a copy of the project/);
  };
  const refusalOf = (command: string, choose?: () => Promise<void>): Promise<string> =>
    workbench.refusal(`Retort: ${command}`, choose);
  const choose = async (): Promise<void> => {
    await workbench.quickInput.getByRole('textbox').first().fill(RUN);
    await workbench.pick(RUN);
  };
  const chooseMany = (): Promise<void> => workbench.pickMany([RUN]);

  it('shows its runs and their curves', async () => {
    await workbench.showSideBar('Retort');
    await workbench.treeRow('Experiments', 'small-from-large').waitFor();
    await workbench.commandWithPick('Retort: Open Run', RUN);
    await workbench.pick(RUN);
    await panel.waitForState('done');
    await panel.chart('Accuracy on validation').waitFor();
    await session.shoot('run');
  });

  it('says in one sentence why a run cannot be changed', async () => {
    isRefused(await refusalOf('Star Run', chooseMany), path.join('.retort', 'runs', id));
    const rename = async (): Promise<void> => {
      await choose();
      await workbench.enter('a new name');
    };
    isRefused(await refusalOf('Rename Run…', rename), path.join('.retort', 'runs', id));
    const tag = async (): Promise<void> => {
      await chooseMany();
      await workbench.enter('good');
    };
    isRefused(await refusalOf('Tag Run…', tag), path.join('.retort', 'runs', id));
    isRefused(await refusalOf('Delete Run', chooseMany), '.retort');
  });

  it('lets a note be read, and says that it cannot be written', async () => {
    await workbench.commandWithPick('Retort: Edit Note on Run', RUN);
    await choose();
    await workbench.tab('Note on').waitFor();
    await workbench.editor.click();
    await workbench.page.keyboard.type('x');
    await workbench.page.getByText('Editor is read-only').first().waitFor();
    await session.shoot('note');
  });

  it('says in one sentence why a recipe cannot be written', async () => {
    await workbench.openFile('alone.distill.json');
    isRefused(await refusalOf('Duplicate Recipe'), 'recipes');
    await workbench.openFile('plain.js');
    isRefused(await refusalOf('Train…', () => workbench.pick('as teacher')), 'recipes');
  });

  it('says in one sentence why nothing can be run', async () => {
    await workbench.openFile('alone.distill.json');
    await workbench.command('Retort: Run Recipe');
    await session.consent('esbuild');
    await workbench.notification('No run can be made in').waitFor();
    await session.shoot('not-run');
    await workbench.clearNotifications();
    isRefused(await refusalOf('Run Recipe'), path.join('.retort', 'runs'));
    const interrupted = (): Promise<void> => workbench.pickMany(['small-from-large / kd+tat / seed 2']);
    const its = await idOfSeed(2);
    isRefused(await refusalOf('Resume Run', interrupted), path.join('.retort', 'runs', its, 'lock'));
  });

  it('has left nothing half done', async () => {
    assert.deepEqual(filesIn(project), before);
    assert.deepEqual(fs.existsSync(queue()) ? fs.readdirSync(queue()) : [], []);
    await workbench.treeRow('Experiments', 'small-from-large').waitFor();
    await session.shoot('after');
  });

  const queue = (): string => path.join(session.home, 'queue');
});

/** Every file of a folder with its size and time, except what the editor keeps there. */
function filesIn(folder: string): string[] {
  const files = fs.readdirSync(folder, { recursive: true, withFileTypes: true });
  return files
    .filter((entry) => entry.isFile() && path.basename(entry.parentPath) !== '.vscode')
    .map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      const { size, mtimeMs } = fs.statSync(file);
      return `${path.relative(folder, file)} ${size} ${mtimeMs}`;
    })
    .sort();
}
