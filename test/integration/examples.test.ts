import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { packageRoot } from '../../src/common/files';
import { inspect } from '../../src/launch/inspect';
import { CheckRequest, ModelRequest } from '../../src/protocol/inspector';
import { loadCatalogue } from '../../src/recipe/load-catalogue';
import { readRecipe } from '../../src/recipe/parse';
import { resolveRecipe } from '../../src/recipe/resolve';
import type { Recipe } from '../../src/recipe/schema';
import { createRun } from '../../src/runs/folder';
import { work } from './run-worker';

const examples = path.join(packageRoot(), 'examples');
const sample = path.join(examples, 'sample');

/** Copied to a workspace of its own; where the recipes are in it. */
const projects = [
  { title: "The demo's recipes", source: path.join(examples, 'demo'), recipes: '.' },
  { title: 'The recipes for single abilities', source: path.join(examples, 'recipes'), recipes: '.' },
  { title: "The sample project's recipes", source: sample, recipes: 'recipes' },
];

for (const { title, source, recipes } of projects) {
  describe(title, function () {
    this.timeout(300_000);
    const workspace = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'retort-examples-')));
    const retort = path.join(workspace, '.retort');
    const folder = path.join(source, recipes);
    let teacher: string;

    function recipeOf(name: string, overrides: readonly string[]): Recipe {
      const file = path.join(workspace, recipes, name);
      return resolveRecipe(readRecipe({ file, catalogue: loadCatalogue(), overrides }), { workspace });
    }

    before(async () => {
      fs.cpSync(
        path.join(examples, 'demo', 'teacher.distill.json'),
        path.join(workspace, 'teacher.distill.json'),
      );
      fs.cpSync(source, workspace, { recursive: true });
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

    after(() => fs.rmSync(workspace, { recursive: true, force: true }));

    for (const name of fs.readdirSync(folder).filter((file) => file.endsWith('.distill.json'))) {
      it(`${name} takes a step`, async () => {
        const hasTeacher = fs.readFileSync(path.join(folder, name), 'utf8').includes('"teacher":');
        const recipe = recipeOf(name, hasTeacher ? [`teacher.weights=${teacher}`] : []);
        const backend = process.env.RETORT_BACKEND ?? 'auto';
        const question = { workspace, retort, backend, recipe, trial: true };
        const answer = await inspect(CheckRequest, question);
        assert.ok('report' in answer, JSON.stringify(answer));
        const { trial, hooks } = answer.report;
        const { task, train } = recipe;
        const terms = Object.keys(trial!.terms);
        const names = hooks.map((hook) => hook.name);
        // The trial is of the first stage, in which only some of the methods may have something to learn.
        const pretrained = names.map((hook) => `pretrain/${hook}`).filter((term) => terms.includes(term));
        assert.deepEqual(terms, train.stages?.[0]?.pretrain ? pretrained : ['task', ...names]);
        assert.ok(terms.length > 0);
        for (const [name, term] of Object.entries(trial!.terms)) {
          assert.ok(Number.isFinite(term) && (term > 0 || (name === 'task' && task.lossWeight === 0)), name);
        }
        const sum = Object.values(trial!.terms).reduce((total, term) => total + term, 0);
        assert.ok(Math.abs(sum - trial!.loss) < 1e-5);
      });
    }
  });
}

describe("The sample project's models", function () {
  this.timeout(60_000);

  // He et al., section 4.2, for images of one channel, shortcuts by projection, 10 classes; counted by hand.
  for (const [model, parameters] of [
    ['resnet20', 272_186],
    ['resnet8', 19_810],
    ['small', 6_218],
  ] as const) {
    it(`${model} is built, with names for what can be hooked`, async () => {
      const summary = await inspect(ModelRequest, {
        workspace: sample,
        retort: path.join(sample, '.retort'),
        backend: process.env.RETORT_BACKEND ?? 'auto',
        model: `models/${model === 'small' ? 'small' : 'resnet'}.ts#${model}`,
        args: {},
        inputShape: [28, 28, 1],
        classes: 10,
      });
      assert.equal(summary.endsInSoftmax, false);
      const ids = summary.layers.map(({ id }) => id);
      const named = model === 'small' ? ['conv1', 'conv2', 'conv3'] : ['stem', 'stage1', 'stage2', 'stage3'];
      for (const name of [...named, 'features', 'logits']) assert.ok(ids.includes(name), name);
      assert.equal(summary.parameters, parameters);
    });
  }
});
