import * as assert from 'node:assert/strict';
import { InputError } from '../../src/common/errors';
import { parseRecipe, problemAt } from '../../src/recipe/parse';
import { describeProblem, RecipeError, type RecipeProblem } from '../../src/recipe/problem';
import { catalogue } from '../fixtures/recipes/catalogue';
import { valid } from '../fixtures/recipes/valid';

function problemsOf(text: string): readonly RecipeProblem[] {
  try {
    parseRecipe(text, { file: 'r.distill.json', catalogue });
  } catch (error) {
    assert.ok(error instanceof RecipeError && error instanceof InputError);
    assert.equal(error.message, error.problems.map(describeProblem).join('\n'));
    return error.problems;
  }
  return assert.fail('The recipe was taken.');
}

/** The valid recipe with one part replaced, which must be there. */
function edited(part: string, replacement: string): string {
  assert.ok(valid.includes(part), `The recipe has no ${part}`);
  return valid.replace(part, () => replacement);
}

const kdHook = '{ "method": "kd", "weight": 0.9 }';
const sgd = '{ "type": "sgd", "lr": 0.05 }';
const source = '"source": "fashion-mnist"';

/** What is written in place of what, and the message that must come. */
const cases: [title: string, part: string, replacement: string, expected: string][] = [
  // Keys
  [
    'an unknown key at the top',
    '"student":',
    '"studnet": 1, "student":',
    'studnet: unknown key; did you mean "student"? (r.distill.json, line 9)',
  ],
  [
    'an unknown option of a method',
    '"weight": 0.9',
    '"weight": 0.9, "options": {\n"temprature": 3 }',
    'hooks[0].options.temprature: unknown key; did you mean "temperature"? (r.distill.json, line 12)',
  ],
  [
    'an unknown key that is near to none',
    '"lr": 0.05',
    '"lr": 0.05, "warmupSteps": 4',
    'train.optimizer.warmupSteps: unknown key; there are type, lr, momentum, nesterov and weightDecay (r.distill.json, line 21)',
  ],
  [
    'an unknown argument of a built-in network',
    '"builtin:resnet8"',
    '"builtin:resnet8", "args": { "widht": 8 }',
    'student.args.widht: unknown key; did you mean "width"? (r.distill.json, line 9)',
  ],
  [
    'a key with a dot',
    '"builtin:resnet8"',
    '"builtin:resnet8", "args": { "a.b": 8 }',
    'student.args["a.b"]: unknown key; there is width (r.distill.json, line 9)',
  ],
  [
    'a key given twice',
    '"epochs": 10,',
    '"epochs": 10,\n"epochs": 11,',
    'train.epochs: given twice, first in line 20; keep one (r.distill.json, line 21)',
  ],
  [
    'the key __proto__',
    '"name":',
    '"__proto__": { "name": "x" }, "name":',
    '__proto__: unknown key; there are $schema, name, variant, task, data, teacher, teachers, student, hooks, train and report (r.distill.json, line 3)',
  ],
  // What is missing
  [
    'a missing number, at its parent',
    '"epochs": 10,',
    '',
    'train.epochs: missing; it must be a number above 0 (r.distill.json, line 19)',
  ],
  [
    'a missing name',
    '"name": "resnet8-from-resnet20",',
    '',
    'name: missing; it must be a string (r.distill.json, line 2)',
  ],
  [
    'a missing weight of a hook',
    kdHook,
    '{ "method": "kd" }',
    'hooks[0].weight: missing; it must be a number at least 0 (r.distill.json, line 11)',
  ],
  [
    'a missing optimizer type',
    sgd,
    '{ "lr": 0.05 }',
    'train.optimizer.type: missing; there are sgd, adam and adamw (r.distill.json, line 21)',
  ],
  [
    'a dataset that needs to be told where it is',
    source,
    '"source": "image-folder"',
    'data.source.path: missing; it must be a string (r.distill.json, line 5)',
  ],
  // Types
  [
    'a string for a number',
    '"epochs": 10',
    '"epochs": "ten"',
    'train.epochs: must be a number, not "ten" (r.distill.json, line 20)',
  ],
  [
    'a fraction for a whole number',
    '"epochs": 10',
    '"epochs": 10, "batchSize": 2.5',
    'train.batchSize: must be a whole number, not 2.5 (r.distill.json, line 20)',
  ],
  [
    'a number for a switch',
    '"lr": 0.05',
    '"lr": 0.05, "nesterov": 1',
    'train.optimizer.nesterov: must be true or false, not 1 (r.distill.json, line 21)',
  ],
  [
    'an object for a list',
    '"augment": ["flip", { "type": "crop", "padding": 2 }]',
    '"augment": { "type": "crop" }',
    'data.augment: must be a list, not an object (r.distill.json, line 6)',
  ],
  [
    'null for an object',
    '"student": { "model": "builtin:resnet8" }',
    '"student": null',
    'student: must be an object, not null (r.distill.json, line 9)',
  ],
  [
    'a number for what may be two things',
    source,
    '"source": 3',
    'data.source: must be a string or an object, not 3 (r.distill.json, line 5)',
  ],
  [
    'a number for weights',
    '"builtin:resnet8"',
    '"builtin:resnet8", "weights": 3',
    'student.weights: must be a string or null, not 3 (r.distill.json, line 9)',
  ],
  [
    'a number too large to be one',
    '"lr": 0.05',
    '"lr": 1e999',
    'train.optimizer.lr: must be a number, not Infinity (r.distill.json, line 21)',
  ],
  [
    'a list of the wrong length',
    sgd,
    '{ "type": "adam", "lr": 0.05, "betas": [0.9] }',
    'train.optimizer.betas: must have at least 2 entries, not 1 (r.distill.json, line 21)',
  ],
  // Ranges
  [
    'a number that is too small',
    '"epochs": 10',
    '"epochs": -1',
    'train.epochs: must be above 0, not -1 (r.distill.json, line 20)',
  ],
  [
    'a seed with more digits than a number keeps',
    '"epochs": 10',
    '"epochs": 10, "seed": 12345678901234567890',
    'train.seed: must be at least 0 and at most 999999999999999, not 12345678901234567000 (r.distill.json, line 20)',
  ],
  [
    'a number outside two bounds',
    source,
    `${source}, "validation": { "fraction": 1 }`,
    'data.validation.fraction: must be at least 0 and below 1, not 1 (r.distill.json, line 5)',
  ],
  [
    'an entry of a list',
    '"padding": 2',
    '"padding": 0',
    'data.augment[1].padding: must be at least 1, not 0 (r.distill.json, line 6)',
  ],
  ['an empty name', '"resnet8-from-resnet20"', '""', 'name: must not be empty (r.distill.json, line 3)'],
  [
    'a long name',
    '"resnet8-from-resnet20"',
    `"${'x'.repeat(101)}"`,
    'name: must have at most 100 characters, not 101 (r.distill.json, line 3)',
  ],
  [
    'a name that would steer a terminal',
    '"resnet8-from-resnet20"',
    '"\\u001b[2J"',
    'name: must be one line without control characters, not "\\u001b[2J" (r.distill.json, line 3)',
  ],
  [
    'clipping that says nothing',
    '"epochs": 10',
    '"epochs": 10, "clip": {}',
    'train.clip: must have at least one of the keys norm, value (r.distill.json, line 20)',
  ],
  // Names
  [
    'an unknown method',
    '"kd"',
    '"kdd"',
    'hooks[0].method: no method "kdd"; did you mean "kd"? (r.distill.json, line 11)',
  ],
  [
    'a method near to none',
    '"kd"',
    '"something"',
    'hooks[0].method: no method "something"; there are kd and tat (r.distill.json, line 11)',
  ],
  [
    'a number for a method',
    '"kd"',
    '7',
    'hooks[0].method: must be "kd" or "tat", not 7 (r.distill.json, line 11)',
  ],
  [
    'an unknown dataset',
    source,
    '"source": "fashon-mnist"',
    'data.source: no data format "fashon-mnist"; did you mean "fashion-mnist"? (r.distill.json, line 5)',
  ],
  [
    'an unknown data format',
    source,
    '"source": { "format": "imagefolder", "path": "images" }',
    'data.source.format: no data format "imagefolder"; did you mean "image-folder"? (r.distill.json, line 5)',
  ],
  [
    'an unknown augmentation',
    '"flip"',
    '"flop"',
    'data.augment[0]: no augmentation "flop"; did you mean "flip"? (r.distill.json, line 6)',
  ],
  [
    'an unknown optimizer',
    '"sgd"',
    '"sdg"',
    'train.optimizer.type: no optimizer "sdg"; did you mean "sgd"? (r.distill.json, line 21)',
  ],
  [
    'an unknown schedule',
    '"epochs": 10',
    '"epochs": 10, "schedule": { "type": "cosin" }',
    'train.schedule.type: no schedule "cosin"; did you mean "cosine"? (r.distill.json, line 20)',
  ],
  [
    'an unknown schedule of a hook',
    '"weight": 0.9',
    '"weight": 0.9, "schedule": { "type": "warm-up", "epochs": 2 }',
    'hooks[0].schedule.type: no hook schedule "warm-up"; did you mean "warmup"? (r.distill.json, line 11)',
  ],
  [
    'an option with few values',
    '"weight": 0.1',
    '"weight": 0.1, "options": { "reduction": "batchmeans" }',
    'hooks[1].options.reduction: must be "mean" or "batchmean", not "batchmeans"; did you mean "batchmean"? (r.distill.json, line 16)',
  ],
  [
    'a task that is not there yet',
    '"name"',
    '"task": { "type": "detection" }, "name"',
    'task.type: must be "classification", not "detection" (r.distill.json, line 3)',
  ],
  [
    'an unknown built-in network',
    '"builtin:resnet8"',
    '"builtin:resnet9"',
    'student.model: no built-in network "resnet9"; did you mean "resnet8"? (r.distill.json, line 9)',
  ],
  [
    'a model that is nothing known',
    '"builtin:resnet8"',
    '"resnet8"',
    'student.model: "resnet8" names no model; write builtin:NAME, PATH.ts#EXPORT, a model.json or run:ID (r.distill.json, line 9)',
  ],
  [
    'a module without an export',
    '"builtin:resnet8"',
    '"models/resnet.ts"',
    'student.model: "models/resnet.ts" does not say which export builds the model; write models/resnet.ts#NAME (r.distill.json, line 9)',
  ],
  [
    'a model that would steer a terminal',
    '"builtin:resnet8"',
    '"builtin:\\u001b[2J\\u009b"',
    'student.model: no built-in network "\\u001b[2J\\u009b"; there are resnet8 and resnet20 (r.distill.json, line 9)',
  ],
  [
    'a run by its name',
    '"run:20261122-101500-k3f9/best"',
    '"run:my-teacher"',
    'teacher.weights: "run:my-teacher" is not the id of a run; write it like run:20261122-101500-k3f9 (r.distill.json, line 8)',
  ],
  [
    'an unknown checkpoint',
    '/best"',
    '/step-07"',
    `teacher.weights: "run:20261122-101500-k3f9/step-07" names no checkpoint; after the run's id comes /best, /last or /step-N (r.distill.json, line 8)`,
  ],
  [
    'weights of a network that has none',
    '"run:20261122-101500-k3f9/best"',
    '"builtin:resnet20"',
    'teacher.weights: "builtin:resnet20" holds no weights; write run:ID or a model.json (r.distill.json, line 8)',
  ],
  // How parts depend on each other
  [
    'a logit method with a layer',
    '"weight": 0.9',
    '"weight": 0.9, "student": "logits"',
    'hooks[0].student: unknown key; kd compares the outputs of the models and takes no layers (r.distill.json, line 11)',
  ],
  [
    'a logit method with a misspelt layer',
    '"weight": 0.9',
    '"weight": 0.9, "studnt": "logits"',
    'hooks[0].studnt: unknown key; there are method, from, weight, options, schedule and adapter (r.distill.json, line 11)',
  ],
  [
    'a method for maps without a layer',
    '"teacher": "stage3",',
    '',
    'hooks[1].teacher: missing; it must be a string or a list (r.distill.json, line 12)',
  ],
  [
    'an untrained teacher',
    ', "weights": "run:20261122-101500-k3f9/best"',
    '',
    'teacher.weights: missing; an untrained teacher teaches nothing: train it first with `retort run r.distill.json --set name=teacher-resnet20 --set teacher= --set hooks= --set student.model=models/resnet.ts#resnet20 --set student.args=`, then write its run here, "run:ID" (r.distill.json, line 8)',
  ],
  [
    'arguments for a saved model',
    '"builtin:resnet8"',
    '"saved/model.json", "args": { "width": 8 }',
    'student.args: a saved model is not built anew and takes no arguments; remove them (r.distill.json, line 9)',
  ],
  [
    'a mean and a deviation of different lengths',
    source,
    `${source}, "normalize": {\n"mean": [0.5, 0.5, 0.5],\n"std": [0.2] }`,
    'data.normalize.std: must have as many entries as data.normalize.mean, 3, not 1 (r.distill.json, line 7)',
  ],
  [
    'the best checkpoint without validation',
    source,
    `${source}, "validation": { "fraction": 0 }`,
    'data.validation.fraction: there are no validation images to find the best checkpoint by; make it above 0, or set report.checkpoint to "last" (r.distill.json, line 5)',
  ],
];

describe('what is wrong with a recipe', () => {
  for (const [title, part, replacement, expected] of cases) {
    it(title, () => {
      assert.deepEqual(problemsOf(edited(part, replacement)).map(describeProblem), [expected]);
    });
  }

  it('hooks without a teacher', () => {
    const alone = valid.replace(/\n {2}"teacher".*/, '');
    assert.deepEqual(problemsOf(alone).map(describeProblem), [
      'teacher: missing; hooks need a teacher to learn from (r.distill.json, line 2)',
    ]);
  });

  it("a student that ends in a teacher's classifier, without a teacher", () => {
    const alone = valid
      .replace(/\n {2}"teacher".*/, '')
      .replace(/"student": \{/, '"student": { "teacherClassifier": { "after": "stage3" },');
    assert.deepEqual(problemsOf(alone).map(describeProblem), [
      'teacher: missing; the student is to end in its classifier (student.teacherClassifier) (r.distill.json, line 2)',
    ]);
  });

  it('says everything at once, in the order of the file', () => {
    const text = edited('"lr": 0.05', '"lr": -1').replace('"kd"', '"kdd"').replace('"padding"', '"pading"');
    assert.deepEqual(
      problemsOf(text).map(({ path, line }) => [path, line]),
      [
        ['data.augment[1].pading', 6],
        ['hooks[0].method', 11],
        ['train.optimizer.lr', 21],
      ],
    );
  });

  it('gives the column of the value, and that of the key where the key is wrong', () => {
    const [wrongValue] = problemsOf(edited('"epochs": 10', '"epochs": -1'));
    assert.equal(wrongValue?.column, 15);
    const [wrongKey] = problemsOf(edited('"epochs": 10', '"epochs": 10, "epoch": 1'));
    assert.equal(wrongKey?.column, 19);
  });

  it('counts lines whatever ends them', () => {
    for (const lineEnd of ['\r\n', '\r']) {
      const [problem] = problemsOf(edited('"epochs": 10', '"epochs": -1').replaceAll('\n', lineEnd));
      assert.deepEqual([problem?.line, problem?.column], [20, 15]);
    }
  });

  it('gives their places to problems found later', () => {
    const parsed = parseRecipe(valid, { file: 'r.distill.json', catalogue });
    const describeAt = (path: string) => describeProblem(problemAt(parsed, path, 'wrong'));
    assert.equal(describeAt('hooks[1].student'), 'hooks[1].student: wrong (r.distill.json, line 14)');
    assert.equal(
      describeAt('hooks[1].options.heads'),
      'hooks[1].options.heads: wrong (r.distill.json, line 12)',
    );
    assert.equal(describeAt('report.metric'), 'report.metric: wrong (r.distill.json, line 2)');
    assert.equal(describeAt(''), 'wrong (r.distill.json, line 2, column 1)');
  });
});

describe('a recipe that is not JSON', () => {
  const syntaxCases: [title: string, text: string, expected: string][] = [
    ['nothing', '', 'a value should stand here (r.distill.json, line 1, column 1)'],
    [
      'a missing comma',
      '{\n  "name": "x"\n  "data": 3\n}',
      'a comma should stand here (r.distill.json, line 3, column 3)',
    ],
    ['a missing colon', '{ "name" 3 }', 'a colon should stand here (r.distill.json, line 1, column 10)'],
    ['a key without quotes', '{ name: 3 }', 'this is not JSON (r.distill.json, line 1, column 3)'],
    ['no end', '{ "name": "x"', 'a closing brace } should stand here (r.distill.json, line 1, column 14)'],
    ['a string without end', '{ "name": "x\n}', 'this string has no end (r.distill.json, line 1, column 11)'],
    ['a comment without end', '{ } /* x', 'this comment has no end (r.distill.json, line 1, column 5)'],
    ['two values', '{ } { }', 'nothing may follow the end of the recipe (r.distill.json, line 1, column 5)'],
    [
      'a wrong escape',
      '{ "name": "C:\\data" }',
      'this is not an escape; write a backslash as \\\\ (r.distill.json, line 1, column 11)',
    ],
  ];
  for (const [title, text, expected] of syntaxCases) {
    it(title, () => {
      assert.deepEqual(problemsOf(text).map(describeProblem), [`syntax error: ${expected}`]);
    });
  }

  it('a recipe that is no object', () => {
    assert.deepEqual(problemsOf('[1]').map(describeProblem), [
      'the recipe must be an object, not a list (r.distill.json, line 1, column 1)',
    ]);
  });

  it('brackets without end', () => {
    for (const open of ['[', '{"a":']) {
      assert.deepEqual(problemsOf(open.repeat(200_000)).map(describeProblem), [
        'nested too deeply (r.distill.json, line 1, column 1)',
      ]);
    }
  });

  it('cut anywhere, it is refused with a place inside the text, or says the same', () => {
    const whole = parseRecipe(valid, { file: 'r.distill.json', catalogue }).recipe;
    for (let length = 0; length < valid.length; length++) {
      const text = valid.slice(0, length);
      try {
        assert.deepEqual(parseRecipe(text, { file: 'r.distill.json', catalogue }).recipe, whole);
      } catch (error) {
        assert.ok(error instanceof RecipeError, `Cut at ${length}: ${String(error)}`);
        assert.ok(error.problems.length > 0);
        const lines = text.split('\n');
        for (const { line, column } of error.problems) {
          assert.ok(line >= 1 && line <= lines.length, `Cut at ${length}: line ${line}`);
          assert.ok(
            column >= 1 && column <= lines[line - 1]!.length + 1,
            `Cut at ${length}: column ${column}`,
          );
        }
      }
    }
  });

  it('with any character lost or doubled, it is refused in one of its lines, or taken', () => {
    for (let index = 0; index < valid.length; index++) {
      for (const text of [
        valid.slice(0, index) + valid.slice(index + 1),
        valid.slice(0, index) + valid.charAt(index) + valid.slice(index),
      ]) {
        try {
          parseRecipe(text, { file: 'r.distill.json', catalogue });
        } catch (error) {
          assert.ok(error instanceof RecipeError, `At ${index}: ${String(error)}`);
          const lines = text.split('\n').length;
          assert.ok(error.problems.every(({ line }) => line >= 1 && line <= lines));
        }
      }
    }
  });
});
