import assert from 'node:assert/strict';
import { hookPlaces, hooksFor } from '../../src/extension/distill/hooks';
import { FIRST_TRAINING, newRecipe, shortName } from '../../src/extension/distill/new-recipe';
import { printRecipe } from '../../src/extension/common/print-recipe';
import { BACK, CANCEL, goThrough, type Step } from '../../src/extension/common/steps';
import { teacherReference, teachersFor } from '../../src/extension/distill/teachers';
import { writeData, writeTrain } from '../../src/extension/distill/write-out';
import type { TrainedModel } from '../../src/extension/common/trained-models';
import { loadCatalogue } from '../../src/recipe/load-catalogue';
import { parseRecipe } from '../../src/recipe/parse';
import type { Recipe } from '../../src/recipe/schema';

const catalogue = loadCatalogue();
const place = { folder: '/work/recipes', workspace: '/work' };

function parse(text: string): Recipe {
  return parseRecipe(text, { file: '/work/recipes/r.distill.json', catalogue }).recipe;
}

/** A recipe with all that Distill may have to write out again. */
function rich(changes: object = {}): Recipe {
  return parse(
    JSON.stringify({
      name: 'rich',
      data: {
        source: { format: 'image-folder', path: 'data/flowers', size: 64 },
        train: { limit: 500 },
        validation: { fraction: 0.2, splitSeed: 3, limit: 50 },
        augment: ['flip', { type: 'crop', padding: 2 }],
        normalize: { mean: [0.5, 0.4, 0.3], std: [0.2, 0.2, 0.2] },
      },
      student: { model: 'builtin:resnet20' },
      train: {
        epochs: 3.5,
        optimizer: { type: 'adamw', lr: 0.003, betas: [0.8, 0.99] },
        schedule: { type: 'cosine', warmup: { epochs: 1 } },
        groups: [{ match: 'head/*', lrMultiplier: 10 }],
        clip: { norm: 1 },
        ema: { decay: 0.9 },
        seed: 7,
      },
      ...changes,
    }),
  );
}

describe('a multi-step choice', () => {
  const add =
    (word: string): Step<string> =>
    (state) =>
      Promise.resolve(state + word);
  /** Answers in turn, and then always goes on. */
  const answering = (answers: (string | typeof BACK | typeof CANCEL)[]): Step<string> => {
    return (state) => {
      const answer = answers.shift() ?? '';
      return Promise.resolve(typeof answer === 'string' ? state + (answer || 'z') : answer);
    };
  };

  it('gathers what each step adds', async () => {
    assert.equal(await goThrough([add('a'), add('b'), add('c')], ''), 'abc');
  });

  it('goes back to the state before, over steps that were skipped', async () => {
    const seen: string[] = [];
    const first: Step<string> = (state) => {
      seen.push(state);
      return Promise.resolve(`${state}a${seen.length}`);
    };
    const skipped: Step<string> = (state) => Promise.resolve(state);
    assert.equal(await goThrough([first, skipped, answering([BACK, 'c'])], '-'), '-a2c');
    assert.deepEqual(seen, ['-', '-']);
  });

  it('offers no way back from the first choice, also where steps before it were skipped', async () => {
    const ways: boolean[] = [];
    const look: Step<string> = (state, { canGoBack }) => {
      ways.push(canGoBack);
      return Promise.resolve(`${state}x`);
    };
    await goThrough([(state) => Promise.resolve(state), look, look], '');
    assert.deepEqual(ways, [false, true]);
  });

  it('ends with nothing where the user cancels', async () => {
    assert.equal(await goThrough([add('a'), answering([CANCEL])], ''), undefined);
  });
});

describe('the teachers to choose from', () => {
  const withTrain = (recipe: Recipe, train: object): Recipe => ({
    ...recipe,
    train: { ...recipe.train, ...train },
  });
  const trained = (model: string, id: string, train = {}): TrainedModel =>
    ({
      model: { model, args: {}, weights: null },
      reference: `run:${id}/best`,
      run: { seen: { recipe: withTrain(rich({ student: { model } }), train) } },
    }) as unknown as TrainedModel;
  const candidates = {
    trained: [
      trained('m.ts#large', '20260101-000000-aaaa'),
      trained('m.ts#small', '20260101-000001-aaaa'),
      // Another seed of the same.
      trained('m.ts#large', '20260101-000002-aaaa', { seed: 9 }),
    ],
    saved: ['saved/model.json'],
    builders: ['m.ts#small', 'm.ts#large', 'm.ts#other'],
    networks: catalogue.networks.slice(0, 2),
  };

  it('are the best of each group, then what would have to be trained: neither the student nor what is trained', () => {
    const names = teachersFor('m.ts#small', candidates).map((teacher) =>
      teacher.kind === 'trained' ? teacher.trained.reference : `${teacher.kind} ${teacher.model}`,
    );
    assert.deepEqual(names, [
      'run:20260101-000000-aaaa/best',
      'run:20260101-000001-aaaa/best',
      'saved saved/model.json',
      'untrained m.ts#other',
      ...catalogue.networks.slice(0, 2).map(({ name }) => `untrained builtin:${name}`),
    ]);
  });

  it('are named with their weights', () => {
    const of = (model: string) => teacherReference({ kind: 'trained', trained: trained(model, 'x') });
    assert.deepEqual(of('m.ts#large'), { model: 'm.ts#large', args: {}, weights: 'run:x/best' });
    assert.deepEqual(of('run:20260101-000000-aaaa'), { model: 'run:x/best', args: {}, weights: null });
    const small = trained('m.ts#large', 'x');
    const sized = { ...small, model: { ...small.model, imageSize: [14, 14] as [number, number] } };
    assert.deepEqual(teacherReference({ kind: 'trained', trained: sized }), {
      ...of('m.ts#large'),
      imageSize: [14, 14],
    });
  });
});

describe('the hooks that Distill writes', () => {
  const layer = (id: string, outputShape: number[], className = 'Activation') => ({
    id,
    className,
    outputShape,
  });
  const student = [
    layer('stage1', [32, 32, 8]),
    layer('stage2', [16, 16, 16]),
    layer('pool', [16], 'GlobalAveragePooling2D'),
    layer('head', [10], 'Dense'),
  ];
  const teacher = [
    layer('stage1', [32, 32, 16]),
    layer('stage2', [16, 16, 32]),
    layer('pool', [32], 'GlobalAveragePooling2D'),
    layer('head', [10], 'Dense'),
  ];
  const methods = (...names: string[]) =>
    names.map((name) => catalogue.methods.find((method) => method.name === name)!);

  it('go nowhere for methods on the logits', () => {
    assert.deepEqual(hookPlaces(methods('kd'), student, teacher), []);
    assert.deepEqual(hooksFor(methods('kd'), []), [{ method: 'kd', weight: 0.9 }]);
  });

  it('go between the best pair of each kind, with the published weights', () => {
    const chosen = methods('kd', 'tat', 'pkt');
    const best = hookPlaces(chosen, student, teacher).filter(({ isBest }) => isBest);
    assert.deepEqual(
      hooksFor(chosen, best).map(({ method, student: from, teacher: to }) => [method, from, to]),
      [
        ['kd', undefined, undefined],
        ['tat', 'stage2', 'stage2'],
        ['pkt', 'pool', 'pool'],
      ],
    );
    for (const hook of hooksFor(chosen, best)) {
      assert.equal(hook.weight, methods(hook.method)[0]!.publishedWeight);
    }
  });

  it('are one on all of the stages for a method that hooks several layers, whatever is chosen in whatever order', () => {
    const inner = [layer('conv', [32, 32, 8], 'Conv2D'), ...student];
    const chosen = methods('reviewkd', 'at');
    const places = hookPlaces(chosen, inner, teacher);
    const best = places.filter(({ isBest }) => isBest);
    const lists = { student: ['stage1', 'stage2'], teacher: ['stage1', 'stage2'] };
    const [{ publishedWeight: weight }, { publishedWeight: weightOfAt }] = chosen as [
      (typeof chosen)[0],
      (typeof chosen)[0],
    ];
    assert.deepEqual(hooksFor(chosen, best.reverse()), [
      { method: 'reviewkd', ...lists, weight },
      { method: 'at', student: 'stage2', teacher: 'stage2', weight: weightOfAt },
    ]);
    const [all] = hooksFor(methods('reviewkd'), places);
    assert.deepEqual(all!.student, ['conv', 'stage1', 'stage2']);
  });

  it('are one for each method and each pair', () => {
    const places = hookPlaces(methods('tat', 'ct'), student, teacher);
    assert.equal(hooksFor(methods('tat', 'ct'), places).length, 2 * places.length);
  });
});

describe('a recipe that Distill writes', () => {
  const choices = {
    student: 'models/resnet.ts#resnet8',
    teacher: {
      model: 'models/resnet.ts#resnet20',
      args: { width: 32 },
      weights: 'run:20261122-101500-k3f9/best',
    },
    hooks: [
      { method: 'kd', weight: 0.9 },
      { method: 'tat', student: 'stage3', teacher: 'stage3', weight: 0.1 },
    ],
    data: { source: 'fashion-mnist' },
    train: FIRST_TRAINING,
  };

  it('says what was chosen, with paths from where it lies, and passes the checks of recipes', () => {
    const { name, text } = newRecipe(choices, place);
    const recipe = parse(text);
    assert.equal(name, 'resnet8-from-resnet20');
    assert.equal(recipe.name, name);
    assert.deepEqual(recipe.teacher, { ...choices.teacher, model: '../models/resnet.ts#resnet20' });
    assert.equal(recipe.student.model, '../models/resnet.ts#resnet8');
    assert.deepEqual(
      recipe.hooks.map(({ method, student, teacher, weight }) => [method, student, teacher, weight]),
      [
        ['kd', undefined, undefined, 0.9],
        ['tat', 'stage3', 'stage3', 0.1],
      ],
    );
  });

  it('keeps the sizes of images that models see', () => {
    const teacher = { ...choices.teacher, imageSize: [20, 20] as [number, number] };
    const recipe = parse(newRecipe({ ...choices, teacher, imageSize: [14, 14] }, place).text);
    assert.deepEqual(recipe.teacher?.imageSize, [20, 20]);
    assert.deepEqual(recipe.student.imageSize, [14, 14]);
  });

  it('begins with what it is for, and has no line that is too long', () => {
    const { text } = newRecipe(choices, place);
    assert.match(text, /^\/\/ resnet8 learns from resnet20: kd and tat\.\n\{\n {2}"name"/);
    for (const line of text.split('\n')) assert.ok(line.length <= 100, line);
  });

  it('of a model alone has no teacher and no hooks', () => {
    const { name, text } = newRecipe(
      { student: 'builtin:resnet20', hooks: [], data: choices.data, train: choices.train },
      place,
    );
    assert.equal(name, 'resnet20');
    const recipe = parse(text);
    assert.equal(recipe.teacher, undefined);
    assert.deepEqual(recipe.hooks, []);
  });

  it('cannot be broken by names', () => {
    const model = 'models/a\n"b".ts#resnet8';
    const { text } = newRecipe({ ...choices, student: model }, place);
    assert.equal(parse(text).student.model, `../${model}`);
  });

  it('takes over the data and the training of a run, to the same after defaults are filled', () => {
    const run = rich();
    // In a run's recipe, paths start at the workspace; a recipe's start at its folder.
    const text = printRecipe(
      {
        name: 'again',
        data: writeData(run.data, catalogue, place),
        student: { model: 'builtin:resnet8' },
        train: writeTrain(run.train),
      },
      'Again.',
    );
    const again = parse(text);
    const source = { ...run.data.source, path: '../data/flowers' };
    assert.deepEqual(again.data, { ...run.data, source });
    assert.deepEqual(again.train, { ...run.train, seed: 0 });
  });

  it('leaves out what has its default and goes without saying', () => {
    const { data, train } = rich({
      data: { source: 'fashion-mnist', augment: ['flip', 'crop'] },
      train: { epochs: 1, optimizer: { type: 'sgd', lr: 0.1 } },
    });
    assert.deepEqual(writeData(data, catalogue, place), {
      source: 'fashion-mnist',
      validation: { fraction: 0.1, splitSeed: 0 },
      augment: ['flip', 'crop'],
    });
    assert.deepEqual(writeTrain(train), {
      epochs: 1,
      batchSize: 64,
      optimizer: { type: 'sgd', lr: 0.1, momentum: 0.9, weightDecay: 0 },
      schedule: { type: 'constant' },
      seed: 0,
    });
  });
});

describe('the short name of a model', () => {
  for (const [reference, name] of [
    ['models/resnet.ts#resnet8', 'resnet8'],
    ['models/resnet.ts#default', 'resnet'],
    ['builtin:resnet20', 'resnet20'],
    ['saved/teacher/model.json', 'teacher'],
    ['run:20261122-101500-k3f9/best', '20261122-101500-k3f9'],
  ] as const) {
    it(`of ${reference} is ${name}`, () => assert.equal(shortName(reference), name));
  }
});
