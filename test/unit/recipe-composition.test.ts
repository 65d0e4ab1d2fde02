import * as assert from 'node:assert/strict';
import { hookPairs } from '../../src/recipe/hook-pairs';
import { groupKey, namedRuns } from '../../src/recipe/names';
import { parseRecipe } from '../../src/recipe/parse';
import { describeProblem, RecipeError } from '../../src/recipe/problem';
import type { Recipe } from '../../src/recipe/schema';
import { stagesOf } from '../../src/recipe/stages';
import { catalogue } from '../fixtures/recipes/catalogue';
import { valid } from '../fixtures/recipes/valid';

const parse = (text: string): Recipe => parseRecipe(text, { file: 'r.distill.json', catalogue }).recipe;

/** The valid recipe with parts replaced, each of which must be there. */
function edited(...replacements: readonly (readonly [part: string, replacement: string])[]): string {
  return replacements.reduce((text, [part, replacement]) => {
    assert.ok(text.includes(part), `The recipe has no ${part}`);
    return text.replace(part, () => replacement);
  }, valid);
}

function problemsOf(text: string): string[] {
  try {
    parse(text);
  } catch (error) {
    assert.ok(error instanceof RecipeError);
    return error.problems.map(describeProblem);
  }
  return assert.fail('The recipe was taken.');
}

const run = '20261122-101500-k3f9';
const kdHook = '{ "method": "kd", "weight": 0.9 }';
const tatLayers = '"student": "stage3", /* the last maps */\n      "teacher": "stage3"';
const student = '"student": { "model": "builtin:resnet8" }';
/** Teachers besides, in line 9 with the student. */
const further = (text: string): [string, string] => [student, `"teachers": { ${text} }, ${student}`];
const wide = `"wide": { "model": "builtin:resnet8", "weights": "run:${run}" }`;
const kdFrom = (from: string): [string, string] => [
  kdHook,
  `{ "method": "kd", "from": ${from}, "weight": 0.9 }`,
];
const staged = (text: string): [string, string] => ['"epochs": 10,', `"epochs": 10, "stages": [${text}],`];

describe('whom hooks learn from', () => {
  const cases: [title: string, text: string, expected: string][] = [
    [
      'a teacher that there is not',
      edited(further(wide), kdFrom('"wiide"')),
      'hooks[0].from: no teacher "wiide"; did you mean "wide"? (r.distill.json, line 11)',
    ],
    [
      'one in a list that there is not',
      edited(further(wide), kdFrom('["wide", "deeper"]')),
      'hooks[0].from[1]: no teacher "deeper"; there are teacher, wide and student (r.distill.json, line 11)',
    ],
    [
      'one that is named twice',
      edited(further(wide), kdFrom('["wide", "wide"]')),
      'hooks[0].from[1]: "wide" is named twice; remove one (r.distill.json, line 11)',
    ],
    [
      'the student among others',
      edited(further(wide), kdFrom('["wide", "student"]')),
      "hooks[0].from[1]: the student's own layers stand alone; give them a hook of their own (r.distill.json, line 11)",
    ],
    [
      'nobody, where there is no teacher of that name',
      edited(further(wide), [tatLayers, `${tatLayers}, "from": "wide"`]).replace(/\n {2}"teacher".*/, ''),
      'hooks[0].from: missing; there is no "teacher", so it must name one of the teachers; there are wide and student (r.distill.json, line 10)',
    ],
    [
      "the student's own output",
      edited(kdFrom('"student"')),
      "hooks[0].from: kd compares the outputs, and the student's is its own: it would learn nothing (r.distill.json, line 11)",
    ],
    [
      "the student's own layer, the same on both sides",
      edited([tatLayers, `${tatLayers}, "from": "student"`]),
      'hooks[1].teacher: the same layer of the student on both sides: it would learn nothing; name a deeper one (r.distill.json, line 15)',
    ],
    [
      'a further teacher without weights',
      edited(further('"wide": { "model": "models/resnet.ts#wide" }')),
      'teachers.wide.weights: missing; an untrained teacher teaches nothing: train it first with `retort run r.distill.json --set name=teacher-wide --set teacher= --set teachers= --set hooks= --set student.model=models/resnet.ts#wide --set student.args=`, then write its run here, "run:ID" (r.distill.json, line 9)',
    ],
    [
      'a teacher with the name of the student',
      edited(further(`"student": { "model": "builtin:resnet8", "weights": "run:${run}" }`)),
      'teachers["student"]: "student" means another model already; choose another name (r.distill.json, line 9)',
    ],
    [
      'a name that no glob could tell',
      edited(further(`"a b": { "model": "builtin:resnet8", "weights": "run:${run}" }`)),
      'teachers["a b"]: a name has letters, digits, _ and - only, a letter first (r.distill.json, line 9)',
    ],
    [
      'a built-in network that there is not',
      edited(further('"wide": { "model": "builtin:resnet9", "learns": true }')),
      'teachers.wide.model: no built-in network "resnet9"; did you mean "resnet8"? (r.distill.json, line 9)',
    ],
    [
      'lists that make no pairs',
      edited([tatLayers, '"student": ["stage2", "stage3"],\n"teacher": ["stage1", "stage2", "stage3"]']),
      'hooks[1].teacher: must be a list of 2 layers as "student" is, to make pairs (r.distill.json, line 15)',
    ],
    [
      'a list against one layer',
      edited([tatLayers, '"student": "stage3",\n"teacher": ["stage2", "stage3"]']),
      'hooks[1].teacher: must be one layer as "student" is, to make pairs (r.distill.json, line 15)',
    ],
  ];
  for (const [title, text, expected] of cases) {
    it(`refuses ${title}`, () => assert.deepEqual(problemsOf(text), [expected]));
  }

  it('takes a teacher that learns without weights, and hooks on the student alone without a teacher', () => {
    parse(edited(further('"peer": { "model": "builtin:resnet8", "learns": true }'), kdFrom('"peer"')));
    const alone = edited(
      [kdHook, ''],
      [tatLayers, '"student": "stage2", "teacher": "stage3", "from": "student"'],
    )
      .replace(/\n {2}"teacher".*/, '')
      .replace('[\n    ,', '[');
    assert.equal(parse(alone).teacher, undefined);
  });

  it('names each pair of layers, and whom it learns from', () => {
    const recipe = parse(
      edited(further(wide), kdFrom('["teacher", "wide"]'), [
        tatLayers,
        '"from": "wide", "student": ["stage2", "stage3"],\n"teacher": ["stage1", "stage3"]',
      ]),
    );
    const pairs = hookPairs(recipe, catalogue.methods);
    assert.deepEqual(
      pairs.map(({ name, index, paths, hook }) => [name, index, paths.teacher, hook.student, hook.teacher]),
      [
        ['kd:teacher+wide', 0, 'hooks[0].teacher', undefined, undefined],
        ['tat@stage2:wide', 1, 'hooks[1].teacher[0]', 'stage2', 'stage1'],
        ['tat@stage3:wide', 1, 'hooks[1].teacher[1]', 'stage3', 'stage3'],
      ],
    );
  });

  it('belongs to the group, with the groups of the runs that further teachers come from', () => {
    const other = '20261122-101501-aaaa';
    const one = parse(edited(further(wide)));
    const two = parse(edited(further(wide.replace(run, other))));
    assert.deepEqual(namedRuns(two), [run, other]);
    assert.notEqual(groupKey(one), groupKey(two));
    const origins = { [run]: '0123456789abcdef', [other]: '0123456789abcdef' };
    assert.equal(groupKey(one, origins), groupKey(two, origins));
    assert.notEqual(groupKey(one), groupKey(parse(valid)));
    assert.notEqual(groupKey(parse(edited(staged('{ "epochs": 10 }')))), groupKey(parse(valid)));
  });
});

describe('the stages of a recipe', () => {
  const cases: [title: string, text: string, expected: string][] = [
    [
      'epochs that do not add up',
      edited(staged('{ "epochs": 3 },\n{ "epochs": 6.5 }')),
      "train.epochs: must be the sum of the stages' epochs, 9.5, not 10 (r.distill.json, line 20)",
    ],
    [
      'a hook that there is not',
      edited(staged('{ "epochs": 4, "hooks": ["tat@stage2"] },\n{ "epochs": 6 }')),
      'train.stages[0].hooks[0]: no hook "tat@stage2"; did you mean "tat@stage3"? (r.distill.json, line 20)',
    ],
    [
      'a glob that matches no hook',
      edited(staged('{ "epochs": 4 },\n{ "epochs": 6, "hooks": ["kd", "fitnets@*"] }')),
      'train.stages[1].hooks[1]: no hook "fitnets@*"; there are kd and tat@stage3 (r.distill.json, line 21)',
    ],
    [
      'one in which nothing is learnt',
      edited(staged('{ "epochs": 4, "hooks": [], "task": false },\n{ "epochs": 6 }')),
      "train.stages[0]: nothing is learnt in it: neither the task's loss counts nor a hook (r.distill.json, line 20)",
    ],
    [
      'the task while methods learn beforehand',
      edited(staged('{ "epochs": 4, "pretrain": true,\n"task": true },\n{ "epochs": 6 }')),
      'train.stages[0].task: nothing of the student learns in a stage with "pretrain"; remove it (r.distill.json, line 21)',
    ],
    [
      'what is learnt beforehand for nothing',
      edited(staged('{ "epochs": 4 },\n{ "epochs": 6,\n"pretrain": true }')),
      'train.stages[1].pretrain: no stage follows in which the student learns; add one (r.distill.json, line 22)',
    ],
    [
      'an empty list of weights',
      edited(staged('{ "epochs": 10, "learn": [] }')),
      'train.stages[0].learn: must have at least 1 entry, not 0 (r.distill.json, line 20)',
    ],
  ];
  for (const [title, text, expected] of cases) {
    it(`refuse ${title}`, () => assert.deepEqual(problemsOf(text), [expected]));
  }

  it('take what they leave out from the training', () => {
    const text = edited(
      staged('{ "epochs": 2.5, "hooks": ["tat@*"], "task": false }, { "epochs": 7.5, "lr": 0.01 }'),
    );
    const { train } = parse(text);
    const [first, second] = stagesOf(train, ['kd', 'tat@block1/relu', 'tat@stage3']);
    assert.deepEqual([...first!.hooks], ['tat@block1/relu', 'tat@stage3']);
    assert.deepEqual([first!.task, first!.lr, first!.pretrain], [false, 0.05, false]);
    assert.deepEqual([second!.task, second!.lr, second!.hooks.size], [true, 0.01, 3]);
    assert.deepEqual(second!.schedule, { type: 'constant' });
  });
});
