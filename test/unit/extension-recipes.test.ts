import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { aloneOf, hasBaseline } from '../../src/extension/common/baseline';
import type { SeenRun } from '../../src/extension/common/seen-run';
import { trainedAs, trainedModels } from '../../src/extension/common/trained-models';
import { resolveWritten, writeReference } from '../../src/extension/common/written-references';
import { describeCheck } from '../../src/extension/recipes/check-report';
import { findingsIn, placeFindings } from '../../src/extension/recipes/findings';
import { parseSeeds } from '../../src/extension/recipes/parse-seeds';
import { stringAt } from '../../src/extension/recipes/string-at';
import type { CheckReport } from '../../src/protocol/inspector';
import { imageShapeOf } from '../../src/recipe/image-shape';
import { loadCatalogue } from '../../src/recipe/load-catalogue';
import { parseRecipe } from '../../src/recipe/parse';
import type { Recipe } from '../../src/recipe/schema';
import { compareRuns } from '../../src/runs/compare';
import type { ReadableRun } from '../../src/runs/folder';
import type { RunInfo } from '../../src/runs/types';

const catalogue = loadCatalogue();

describe('what is wrong with a recipe, at its place', () => {
  let workspace: string;
  before(() => {
    workspace = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'retort-recipes-')));
    fs.writeFileSync(path.join(workspace, 'models.ts'), '');
  });
  after(() => fs.rmSync(workspace, { recursive: true }));

  const find = (text: string) =>
    findingsIn(text, { file: path.join(workspace, 'r.distill.json'), workspace, catalogue });
  const recipe = (changes: object) =>
    JSON.stringify(
      {
        name: 'x',
        data: { source: 'fashion-mnist' },
        student: { model: 'builtin:resnet8' },
        train: { epochs: 1, optimizer: { type: 'sgd', lr: 0.1 } },
        ...changes,
      },
      null,
      2,
    );
  /** The only finding, and the text that it marks. */
  const only = (text: string) => {
    const found = find(text);
    assert.equal(found?.length, 1, JSON.stringify(found));
    const [finding] = found;
    return { ...finding!, marked: text.slice(finding!.start, finding!.end) };
  };
  const mended = (text: string) => {
    const { start, end, replacement } = only(text);
    return text.slice(0, start) + replacement?.text + text.slice(end);
  };

  it('is nothing for a recipe that is right', () => assert.deepEqual(find(recipe({})), []));

  it('is left to the editor where the text is no JSON', () => {
    assert.equal(find(recipe({}).slice(0, -3)), undefined);
    assert.equal(find(''), undefined);
  });

  it('marks a wrong value as a whole', () => {
    assert.equal(only(recipe({ task: { labelSmoothing: 7 } })).marked, '7');
  });

  it('marks the key of an object that lacks something, not its lines', () => {
    const { path: keys, marked } = only(recipe({ hooks: [], train: { epochs: 1 } }));
    assert.equal(keys, 'train.optimizer');
    assert.equal(marked, '"train"');
  });

  for (const [title, wrong, right] of [
    ['a key', { variante: 'a' }, '"variant": "a"'],
    [
      'a method',
      { teacher: { model: 'run:20261122-101500-k3f9' }, hooks: [{ method: 'kdd', weight: 1 }] },
      '"method": "kd"',
    ],
    ['a built-in network', { student: { model: 'builtin:resnet' } }, '"model": "builtin:resnet8"'],
    ['a file, keeping the export', { student: { model: 'model.ts#small' } }, '"model": "models.ts#small"'],
    ['a data format', { data: { source: 'fashion-mnits' } }, '"source": "fashion-mnist"'],
  ] as const) {
    it(`knows how to mend ${title}`, () => {
      const text = mended(recipe(wrong));
      assert.ok(text.includes(right), text);
      assert.deepEqual(find(text), []);
    });
  }

  it('proposes nothing where nothing is near', () => {
    assert.equal(only(recipe({ student: { model: 'builtin:zzzzzz' } })).replacement, undefined);
  });

  it('tells a teacher without weights from other problems', () => {
    const { code, message } = only(recipe({ teacher: { model: 'builtin:resnet20' } }));
    assert.equal(code, 'untrained-teacher');
    // The editor has a quick fix where the command line gives a command.
    assert.match(message, /: train it first, then write its run here, "run:ID"$/);
  });

  it('finds the place of what the real models have shown, with what to put there', () => {
    const text = recipe({ hooks: [{ method: 'tat', student: 'stag3', teacher: 'stage3', weight: 1 }] });
    const message = 'no layer "stag3"; did you mean "stage3"?';
    const [finding] = placeFindings(text, 'r', [{ path: 'hooks[0].student', message }]);
    assert.equal(text.slice(finding!.start, finding!.end), '"stag3"');
    assert.equal(finding!.replacement?.text, '"stage3"');
  });

  it('is found in any beginning of a recipe without an error of its own', () => {
    const text = recipe({ hooks: [{ method: 'kd', weight: 1 }] });
    for (let length = 0; length < text.length; length++) {
      for (const { start, end } of find(text.slice(0, length)) ?? []) assert.ok(start < end && end <= length);
    }
  });
});

describe('the string at the cursor', () => {
  const at = (marked: string) => {
    const offset = marked.indexOf('|');
    const text = marked.replace('|', '');
    const found = stringAt(text, offset);
    return found && { ...found, replaced: text.slice(found.start, found.end) };
  };

  it('is the whole string with its quotes', () => {
    const found = at('{ "student": { "model": "buil|tin:x" } }');
    assert.deepEqual(found?.path, ['student', 'model']);
    assert.equal(found?.value, 'builtin:x');
    assert.equal(found?.replaced, '"builtin:x"');
  });

  it('is the empty place after a colon, in a recipe that is half typed', () => {
    const found = at('{ "hooks": [{ "student": |');
    assert.deepEqual(found?.path, ['hooks', 0, 'student']);
    assert.equal(found?.replaced, '');
  });

  it('is one that has no end yet', () => {
    const found = at('{ "hooks": [{ "student": "sta|');
    assert.deepEqual(found?.path, ['hooks', 0, 'student']);
    assert.equal(found?.replaced, '"sta');
  });

  it('is not a key', () => assert.equal(at('{ "stu|dent": 1 }'), undefined));
});

describe('seeds', () => {
  it('are numbers and ranges, each once', () => {
    assert.deepEqual(parseSeeds('0, 2-4 3'), [0, 2, 3, 4]);
  });
  for (const text of ['', ' , ', 'a', '1.5', '-1', '4-2', '0-100000000']) {
    it(`are not ${JSON.stringify(text)}`, () => assert.equal(parseSeeds(text), undefined));
  }
});

describe('references as recipes write them', () => {
  const folder = path.resolve('/work/recipes');
  const workspace = path.resolve('/work');

  for (const [written, resolved] of [
    ['../models/resnet.ts#resnet8', 'models/resnet.ts#resnet8'],
    ['saved/model.json', 'recipes/saved/model.json'],
    ['builtin:resnet8', 'builtin:resnet8'],
    ['run:20261122-101500-k3f9/best', 'run:20261122-101500-k3f9/best'],
  ] as const) {
    it(`${written} is ${resolved}, and back`, () => {
      assert.equal(resolveWritten(written, folder, workspace), resolved);
      assert.equal(writeReference(resolved, folder, workspace), written);
    });
  }

  it('may be half typed', () => assert.equal(resolveWritten('mod', folder, workspace), undefined));
});

function recipeWith(changes: object = {}): Recipe {
  const text = JSON.stringify({
    name: 'x',
    variant: 'mine',
    task: { lossWeight: 0.1 },
    data: { source: 'fashion-mnist' },
    teacher: { model: 'run:20261122-101500-k3f9/best' },
    student: { model: 'builtin:resnet8', args: { width: 8 } },
    hooks: [{ method: 'kd', weight: 0.9 }],
    train: { epochs: 1, optimizer: { type: 'sgd', lr: 0.1 } },
    ...changes,
  });
  return parseRecipe(text, { file: 'r', catalogue }).recipe;
}

function run(id: string, recipe: Recipe, info: Partial<RunInfo> = {}): ReadableRun & SeenRun {
  const folder = { id, folder: `/w/.retort/runs/${id}`, retortFolder: '/w/.retort' };
  const all: RunInfo = {
    version: 1,
    id,
    state: 'done',
    attempt: 1,
    createdAt: '2026-11-22T10:15:00Z',
    ...info,
  };
  const seen = { state: all.state, info: all, recipe };
  return { key: folder.folder, run: folder, notes: {}, seen, info: all, recipe };
}

const score = (accuracy: number) => ({ accuracy, loss: 1, samples: 10 });
const best = (accuracy: number) => ({ step: 1, epoch: 1, validation: score(accuracy) });

describe('the student alone', () => {
  it('is what runs of the recipe are compared with', () => {
    const plain = recipeWith();
    const teacherClassifier = { after: 'stage3', factor: 2, pool: 1 };
    for (const recipe of [plain, { ...plain, student: { ...plain.student, teacherClassifier } }]) {
      const { results } = compareRuns([
        run('20260101-000000-aaaa', recipe, { best: best(0.9) }),
        run('20260101-000001-aaaa', aloneOf(recipe), { best: best(0.8) }),
      ]);
      assert.deepEqual(
        results.map(({ isBaseline }) => isBaseline),
        [false, true],
      );
      assert.ok(Math.abs(results[0]!.difference!.value - 0.1) < 1e-9, JSON.stringify(results[0]!.difference));
    }
  });

  it("has a classifier of its own, where the student's was the teacher's", () => {
    const plain = recipeWith();
    const teacherClassifier = { after: 'stage3', factor: null, pool: 1 };
    const shared = { ...plain, hooks: [], student: { ...plain.student, teacherClassifier } };
    assert.deepEqual(aloneOf(shared).student, plain.student);
    const { results } = compareRuns([
      run('20260101-000000-aaaa', plain, { best: best(0.9) }),
      run('20260101-000001-aaaa', shared, { best: best(0.8) }),
    ]);
    assert.ok(results.every(({ isBaseline }) => !isBaseline));
  });

  it('learns by the whole of its own loss', () => {
    assert.equal(aloneOf(recipeWith()).task.lossWeight, 1);
  });

  it('is missed until some run has trained it', () => {
    const experiment = { name: 'x', student: 'builtin:resnet8', retortFolder: '/w/.retort' };
    const distilled = run('20260101-000000-aaaa', recipeWith());
    assert.equal(hasBaseline(experiment, [distilled]), false);
    const alone = run('20260101-000001-aaaa', aloneOf(recipeWith()), { state: 'queued' });
    assert.equal(hasBaseline(experiment, [distilled, alone]), true);
    assert.equal(hasBaseline({ ...experiment, name: 'y' }, [distilled, alone]), false);
    assert.equal(hasBaseline({ ...experiment, retortFolder: '/v/.retort' }, [distilled, alone]), false);
  });
});

describe('what runs have trained', () => {
  const runs = [
    run('20260101-000000-aaaa', recipeWith(), { best: best(0.7), test: score(0.8) }),
    run('20260101-000001-aaaa', recipeWith(), { best: best(0.9) }),
    run('20260101-000002-aaaa', recipeWith(), { state: 'queued' }),
    run('20260101-000003-aaaa', recipeWith({ student: { model: 'builtin:resnet20' } }), { best: best(0.8) }),
  ];

  it('comes best first, the newer of equals first, without runs that keep no weights', () => {
    const trained = trainedModels(runs, '/w/.retort');
    assert.deepEqual(
      trained.map(({ reference, accuracy }) => [reference, accuracy]),
      [
        ['run:20260101-000001-aaaa/best', { value: 0.9, split: 'validation' }],
        ['run:20260101-000003-aaaa/best', { value: 0.8, split: 'validation' }],
        ['run:20260101-000000-aaaa/best', { value: 0.8, split: 'test' }],
      ],
    );
  });

  it('is another model with other arguments', () => {
    const trained = trainedModels(runs, '/w/.retort');
    assert.equal(trainedAs(trained, { model: 'builtin:resnet8', args: { width: 8 } }).length, 2);
    assert.equal(trainedAs(trained, { model: 'builtin:resnet8', args: {} }).length, 0);
  });

  it('is of one .retort folder: references reach no further', () => {
    assert.deepEqual(trainedModels(runs, '/elsewhere/.retort'), []);
  });
});

describe('the images that a recipe names', () => {
  it('are known of fixed formats and of folders with a size, else assumed', () => {
    assert.deepEqual(imageShapeOf({ format: 'mnist' }, catalogue), { inputShape: [28, 28, 1], classes: 10 });
    assert.deepEqual(imageShapeOf({ format: 'cifar100' }, catalogue), {
      inputShape: [32, 32, 3],
      classes: 100,
    });
    assert.deepEqual(
      imageShapeOf({ format: 'image-folder', size: 64, channels: 1 }, catalogue).inputShape,
      [64, 64, 1],
    );
    assert.deepEqual(imageShapeOf({ format: 'image-folder' }, catalogue).inputShape, [224, 224, 3]);
    const assumed = { inputShape: [9, 9, 1], classes: 2 } as const;
    assert.deepEqual(imageShapeOf({ format: 'idx' }, catalogue, assumed), assumed);
  });
});

describe('the report of a check', () => {
  const model = {
    reference: 'm.ts#small',
    parameters: 1234,
    flops: 5e6,
    endsInSoftmax: false,
    layers: [
      { id: 'evil|`<b>', className: 'Dense', outputShape: [10], parameters: 1234, flops: 5e6, places: [] },
    ],
    sources: [],
  };
  const report: CheckReport = {
    backend: 'WebAssembly on CPU',
    data: { classes: 10, imageShape: [28, 28, 1], samples: { train: 900, validation: 100, test: 0 } },
    student: model,
    hooks: [
      {
        name: 'tat@a',
        student: [[64, 7, 7, 8]],
        teacher: [[64, 7, 7, 16]],
        weight: 0.1,
        parameters: 5,
        adapter: '1x1',
      },
    ],
    steps: 140,
    trial: {
      stages: [{ steps: 140, loss: 2.3, terms: { task: 2.3 }, secondsPerStep: 0.5 }],
      secondsPerStep: 0.5,
      estimatedSeconds: 70,
      peakMemoryBytes: 2 ** 30,
    },
    warnings: [],
  };

  it('says shapes, adapters, time and memory', () => {
    const text = describeCheck('x', report);
    for (const said of ['1 m 10 s', '1.0 GiB', '7×7×8', '7×7×16', '1x1', '1,234', 'WebAssembly on CPU']) {
      assert.ok(text.includes(said), said);
    }
  });

  it('shows names as they are, whatever they are', () => {
    const row = describeCheck('# **x**', report)
      .split('\n')
      .find((line) => line.includes('evil'))!;
    assert.ok(row.startsWith('| evil\\|\\`\\<b\\> '), row);
    assert.match(describeCheck('# **x**', report), /^# Check of \\# \\\*\\\*x\\\*\\\*$/m);
  });
});
