import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { writeTinyData } from '../integration/tiny-workspace';
import type { Panel } from './panel';
import { findRecipe } from './project';
import { inSession, type Session } from './session';
import type { Workbench } from './workbench';

/** Layers made in loops and in a helper that a tsconfig path leads to, and a TensorFlow.js of the project's own. */
describe('a project of its own, from the package', function () {
  let session: Session;
  let workbench: Workbench;
  let panel: Panel;
  let project: string;

  inSession(this, 'own-project', async (started) => {
    session = started;
    ({ workbench, panel } = session);
    project = path.join(session.place, 'project');
    fs.cpSync(path.join(__dirname, '../fixtures/own-project'), project, { recursive: true });
    writeTinyData(path.join(project, 'data'));
    const installed = spawnSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: project,
      encoding: 'utf8',
    });
    assert.equal(installed.status, 0, installed.stderr);
    await session.open(project);
  });

  it('has its own TensorFlow.js, of another version', () => {
    const manifest = path.join(project, 'node_modules', '@tensorflow', 'tfjs', 'package.json');
    const { version } = JSON.parse(fs.readFileSync(manifest, 'utf8')) as { version: string };
    assert.equal(version, '4.21.0');
  });

  it('is inspected: what loops and helpers make is told at its lines', async () => {
    await workbench.openFile('pyramid.ts');
    await workbench.askByLens('Inspect', 'function wide', workbench.quickInput);
    await workbench.enter('12×12×1, 4 classes');
    await session.consent('esbuild');
    // Two levels, each of half the size, of two convolutions, normalisations and activations.
    await workbench.hint(/12\slayers,\s3×3×32/).waitFor();
    await session.shoot('inspected');
    await workbench.openFile('conv.ts');
    await workbench.hint(/4\slayers,\s3×3×32/).waitFor();
    await session.shoot('inspected-helper');
  });

  it('trains a teacher that Distill offers to train first', async () => {
    await workbench.openFile('pyramid.ts');
    await workbench.askByLens('Distill', 'function narrow', workbench.pickRow('wide'));
    await session.shoot('untrained-teacher');
    await workbench.pick('wide');
    await workbench.pick('Train wide first');
    await workbench.pickRow('idx').waitFor();
    await workbench.pick('idx');
    await workbench.enterPath(path.join(project, 'data') + path.sep);
    await workbench.notification('ready to run').waitFor();
    await session.shoot('teacher-recipe');
    quicken(findRecipe(project));
    await workbench.page.locator('.view-line').filter({ hasText: '"epochs": 4' }).first().waitFor();
    await workbench.answer('ready to run', 'Run');
    await panel.waitForState('done');
    await session.shootPanel('teacher-done');
  });

  it('distils it between levels that a loop makes', async () => {
    await workbench.openFile('pyramid.ts');
    await workbench.askByLens('Distill', 'function narrow', workbench.pickRow('wide'));
    await workbench.pick('wide');
    await workbench.pickRow('fitnets').waitFor();
    await workbench.pickMany(['kd', 'ct']);
    await workbench.pickRow('level2 ← level2').waitFor();
    await session.shoot('choose-layers');
    await workbench.confirm();
    await workbench.pick('as the teacher was trained');
    await workbench.notification('narrow-from-wide is ready to run').waitFor();
    await workbench.answer('narrow-from-wide is ready to run', 'Run');
    await panel.waitForState('done');
    await session.shootPanel('done');
  });

  it('shows the hook at the line of the helper that made the layer', async () => {
    await workbench.command('View: Join All Editor Groups');
    await workbench.openFile('pyramid.ts');
    // The recipe says what the images are: nothing is asked.
    await workbench.askByLens('Inspect', 'function narrow', workbench.hint(/6\slayers,\s3×3×8/));
    await workbench.openFile('conv.ts');
    await workbench.lens(/ct ← teacher:level2/).waitFor();
    await session.shoot('hooked');
  });
});

/** Small images are learnt in small batches. */
function quicken(recipe: string): void {
  const text = fs.readFileSync(recipe, 'utf8');
  const quick = text.replace(/"epochs": \d+/, '"epochs": 4').replace(/"batchSize": \d+/, '"batchSize": 16');
  assert.notEqual(quick, text);
  fs.writeFileSync(recipe, quick);
}
