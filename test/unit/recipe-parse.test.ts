import Ajv from 'ajv';
import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { InputError } from '../../src/common/errors';
import { recipeSchema } from '../../src/recipe/full-schema';
import { parseRecipe, readRecipe } from '../../src/recipe/parse';
import { catalogue } from '../fixtures/recipes/catalogue';
import { valid } from '../fixtures/recipes/valid';

const parse = (text: string) => parseRecipe(text, { file: 'r.distill.json', catalogue }).recipe;

describe('a parsed recipe', () => {
  it('has all defaults and no short forms', () => {
    assert.deepEqual(parse(valid), {
      name: 'resnet8-from-resnet20',
      task: { type: 'classification', lossWeight: 1, labelSmoothing: 0 },
      data: {
        source: { format: 'fashion-mnist' },
        train: {},
        validation: { fraction: 0.1, splitSeed: 0 },
        augment: [
          { type: 'flip', probability: 0.5 },
          { type: 'crop', padding: 2 },
        ],
      },
      teacher: {
        model: 'models/resnet.ts#resnet20',
        args: {},
        weights: 'run:20261122-101500-k3f9/best',
      },
      student: { model: 'builtin:resnet8', args: { width: 16 }, weights: null },
      hooks: [
        { method: 'kd', weight: 0.9, options: { temperature: 4 } },
        {
          method: 'tat',
          student: 'stage3',
          teacher: 'stage3',
          weight: 0.1,
          options: { heads: 1, reduction: 'mean' },
        },
      ],
      train: {
        epochs: 10,
        batchSize: 64,
        optimizer: { type: 'sgd', lr: 0.05, momentum: 0.9, nesterov: false, weightDecay: 0 },
        groups: [],
        schedule: { type: 'constant' },
        accumulate: 1,
        seed: 0,
        checkpointEvery: 1,
      },
      report: { metric: 'accuracy', checkpoint: 'best', test: true },
    });
  });

  it('fills the defaults of each alternative', () => {
    const { train, hooks } = parse(
      valid
        .replace('"epochs": 10,', '"epochs": 10, "schedule": { "type": "one-cycle" }, "ema": {},')
        .replace('"sgd"', '"adam"')
        .replace('"weight": 0.9', '"weight": 0.9, "schedule": { "type": "cosine", "to": 0 }'),
    );
    assert.deepEqual(train.schedule, { type: 'one-cycle', peakAt: 0.3, divFactor: 25, finalDivFactor: 1e4 });
    assert.deepEqual(train.optimizer, {
      type: 'adam',
      lr: 0.05,
      betas: [0.9, 0.999],
      epsilon: 1e-8,
      weightDecay: 0,
    });
    assert.deepEqual(train.ema, { decay: 0.999 });
    assert.deepEqual(hooks[0]?.schedule, { type: 'cosine', to: 0 });
  });

  it('written as JSON and parsed again is the same', () => {
    assert.deepEqual(parse(JSON.stringify(parse(valid))), parse(valid));
  });

  it('may do without a teacher, and have a teacher without hooks', () => {
    const alone = valid
      .replace(/\n {2}"teacher".*/, '')
      .replace(/"hooks": \[[^]*\],\n {2}"train"/, '"train"');
    assert.deepEqual(parse(alone).hooks, []);
    assert.equal(parse(alone).teacher, undefined);
    const compared = valid.replace(/"hooks": \[[^]*\],\n {2}"train"/, '"train"');
    assert.notEqual(parse(compared).teacher, undefined);
  });

  it('takes saved models and runs as teachers without further weights', () => {
    for (const model of [
      'run:20261122-101500-k3f9',
      'run:20261122-101500-k3f9/step-400',
      'saved/model.json',
    ]) {
      const text = valid.replace(/"teacher": \{.*\}/, `"teacher": { "model": "${model}" }`);
      assert.equal(parse(text).teacher?.model, model);
    }
  });

  it('may start with a byte order mark', () => {
    assert.deepEqual(parse(`\uFEFF${valid}`), parse(valid));
  });

  it('may use the last checkpoint without validation images', () => {
    const text = valid.replace(
      '"data": {',
      '"report": { "checkpoint": "last" }, "data": { "validation": { "fraction": 0 },',
    );
    assert.equal(parse(text).data.validation.fraction, 0);
  });

  it('is not read from a file that does not exist', () => {
    assert.throws(
      () => readRecipe({ file: 'nowhere/r.distill.json', catalogue }),
      new InputError('nowhere/r.distill.json: the recipe cannot be read: there is no such file'),
    );
  });
});

describe('the file of a recipe', () => {
  let folder: string;

  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'retort-recipe-'));
  });

  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  it('is UTF-8, with or without its mark; other bytes are not taken for other letters', () => {
    const file = path.join(folder, 'r.distill.json');
    const text = valid.replace('resnet8-from-resnet20', 'für-später');
    for (const mark of ['', '\uFEFF']) {
      fs.writeFileSync(file, mark + text);
      assert.equal(readRecipe({ file, catalogue }).recipe.name, 'für-später');
    }
    for (const encoding of ['latin1', 'utf16le'] as const) {
      fs.writeFileSync(file, text, encoding);
      assert.throws(
        () => readRecipe({ file, catalogue }),
        new InputError(`${file}: the recipe is not encoded as UTF-8; save it so`),
      );
    }
  });
});

describe("the editor's schema", () => {
  // As an editor reads it: no defaults filled in, no discriminator, draft 7 and nothing more.
  const editor = new Ajv({ strict: false, allErrors: true }).compile(
    JSON.parse(JSON.stringify(recipeSchema(catalogue))) as object,
  );
  const written = {
    name: 'x',
    data: { source: 'fashion-mnist', augment: ['flip', { type: 'crop' }] },
    student: { model: 'builtin:resnet8' },
    train: { epochs: 10, optimizer: { type: 'sgd', lr: 0.05 } },
  };

  it('takes a recipe as people write it, short forms and no defaults', () => {
    assert.equal(editor(written), true, JSON.stringify(editor.errors));
    assert.equal(editor({ ...written, hooks: [{ method: 'kd', weight: 1 }] }), true);
  });

  const wrong: [string, object][] = [
    ['an unknown dataset', { data: { source: 'fashon-mnist' } }],
    ['a dataset without its path', { data: { source: 'image-folder' } }],
    ['an unknown augmentation', { data: { ...written.data, augment: ['flop'] } }],
    ['an unknown optimizer', { train: { epochs: 10, optimizer: { type: 'sdg', lr: 1 } } }],
    ['an unknown argument', { student: { model: 'builtin:resnet8', args: { widht: 8 } } }],
    ['a layer for a logit method', { hooks: [{ method: 'kd', weight: 1, student: 'x' }] }],
    ['a method for maps without layers', { hooks: [{ method: 'tat', weight: 1 }] }],
  ];
  for (const [title, part] of wrong) {
    it(`refuses ${title}`, () => assert.equal(editor({ ...written, ...part }), false));
  }

  it('offers the names that may be written', () => {
    const schema = JSON.stringify(recipeSchema(catalogue));
    for (const name of ['builtin:resnet20', 'fashion-mnist', 'flip']) {
      assert.match(schema, new RegExp(`"examples":\\[[^\\]]*"${name}"`));
    }
  });
});
