import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { packageRoot } from '../../src/common/files';
import { inspect } from '../../src/launch/inspect';
import { CheckRequest } from '../../src/protocol/inspector';
import { loadCatalogue } from '../../src/recipe/load-catalogue';
import { readRecipe } from '../../src/recipe/parse';
import { resolveRecipe } from '../../src/recipe/resolve';
import type { Recipe } from '../../src/recipe/schema';
import { createRun } from '../../src/runs/folder';
import { work } from './run-worker';

const folder = path.join(packageRoot(), 'examples', 'demo');

describe('The example recipes', function () {
  this.timeout(300_000);
  const workspace = packageRoot();
  let retort: string;
  let teacher: string;

  function recipeOf(name: string, overrides: readonly string[]): Recipe {
    const file = path.join(folder, name);
    return resolveRecipe(readRecipe({ file, catalogue: loadCatalogue(), overrides }), { workspace });
  }

  before(async () => {
    retort = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'retort-examples-')), '.retort');
    const small = [
      'train.epochs=0.1',
      'data.train.limit=640',
      'data.validation.limit=64',
      'report.test=false',
    ];
    const run = await createRun(retort, recipeOf('teacher.distill.json', small));
    const info = await work(run);
    assert.equal(info.state, 'done', info.reason);
    teacher = `run:${run.id}/best`;
  });

  after(() => fs.rmSync(path.dirname(retort), { recursive: true, force: true }));

  for (const name of fs.readdirSync(folder).filter((file) => file.endsWith('.distill.json'))) {
    it(`${name} takes a step`, async () => {
      const hasTeacher = fs.readFileSync(path.join(folder, name), 'utf8').includes('"teacher":');
      const recipe = recipeOf(name, hasTeacher ? [`teacher.weights=${teacher}`] : []);
      const backend = process.env.RETORT_BACKEND ?? 'auto';
      const question = { workspace, retort, backend, recipe, trial: true };
      const answer = await inspect(CheckRequest, question);
      assert.ok('report' in answer, JSON.stringify(answer));
      const { trial, hooks } = answer.report;
      const names = ['task', ...hooks.map((hook) => hook.name)];
      assert.deepEqual(Object.keys(trial!.terms), names);
      assert.ok(Object.values(trial!.terms).every((term) => Number.isFinite(term) && term > 0));
      const sum = Object.values(trial!.terms).reduce((total, term) => total + term, 0);
      assert.ok(Math.abs(sum - trial!.loss) < 1e-5);
    });
  }
});
