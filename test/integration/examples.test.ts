import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parse } from 'jsonc-parser';
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
        const recipe = recipeOf(name, trainedModels(path.join(folder, name), teacher));
        const backend = process.env.RETORT_BACKEND ?? 'auto';
        const question = { workspace, retort, backend, recipe, trial: true };
        const answer = await inspect(CheckRequest, question);
        assert.ok('report' in answer, JSON.stringify(answer));
        const { trial, hooks } = answer.report;
        const { stages = [] } = recipe.train;
        assert.equal(trial!.stages.length, Math.max(1, stages.length));
        for (const { terms, loss } of trial!.stages) {
          for (const [term, value] of Object.entries(terms)) {
            assert.ok(Number.isFinite(value) && (value > 0 || isOff(recipe, term)), term);
          }
          const sum = Object.values(terms).reduce((total, value) => total + value, 0);
          assert.ok(Math.abs(sum - loss) < 1e-5);
        }
        const learners = Object.entries(recipe.teachers ?? {}).flatMap(([peer, { learns }]) =>
          learns ? [peer] : [],
        );
        const tasks = ['task', ...learners.map((peer) => `${peer}/task`)];
        const terms = trial!.stages.flatMap((stage) => Object.keys(stage.terms));
        const names = new Set(terms.map((term) => term.replace(/^pretrain\//, '')));
        assert.deepEqual([...names].sort(), [...tasks, ...hooks.map((hook) => hook.name)].sort());
      });
    }
  });
}

/** Puts the run of a teacher in the place of all weights that an example leaves to the reader. */
function trainedModels(file: string, run: string): string[] {
  const { student, teacher, teachers } = parse(fs.readFileSync(file, 'utf8')) as Partial<Recipe>;
  return [
    ...(student?.weights === null ? [`student.weights=${run}`] : []),
    ...(teacher ? [`teacher.weights=${run}`] : []),
    ...Object.entries(teachers ?? {}).flatMap(([name, { learns }]) =>
      learns ? [] : [`teachers.${name}.weights=${run}`],
    ),
  ];
}

/** Whether a term is there to be reported alone. */
function isOff({ task, hooks }: Recipe, term: string): boolean {
  if (term === 'task') return task.lossWeight === 0;
  // A warm-up begins at 0.
  return hooks.some(({ method, schedule }) => schedule?.type === 'warmup' && term.startsWith(`${method}@`));
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
