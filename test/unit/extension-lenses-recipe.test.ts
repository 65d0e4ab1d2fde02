import assert from 'node:assert/strict';
import type { TextEdit } from '../../src/extension/common/recipe-text';
import { addHook, addLayers, removeHook, removeLayer } from '../../src/extension/lenses/hook-edits';
import {
  canLoseLayer,
  describeHook,
  hooksOn,
  hooksToJoin,
  readHooks,
  rolesOf,
  type WrittenHook,
} from '../../src/extension/lenses/recipe-hooks';

const hook = { method: 'tat', student: 'stage3', teacher: 'stage3', weight: 0.1 };
const written = '{ "method": "tat", "student": "stage3", "teacher": "stage3", "weight": 0.1 }';

function apply(text: string, edits: TextEdit[]): string {
  return edits
    .sort((a, b) => b.start - a.start)
    .reduce((result, edit) => result.slice(0, edit.start) + edit.text + result.slice(edit.end), text);
}

describe('hooks added to a recipe', () => {
  const cases: Record<string, readonly [before: string, after: string]> = {
    'behind one on a line of its own': [
      `{\n  "hooks": [\n    { "method": "kd" }\n  ]\n}\n`,
      `{\n  "hooks": [\n    { "method": "kd" },\n    ${written}\n  ]\n}\n`,
    ],
    'behind one with a comma and a comment': [
      `{\n  "hooks": [\n    { "method": "kd" }, // soft answers, best\n  ]\n}\n`,
      `{\n  "hooks": [\n    { "method": "kd" }, // soft answers, best\n    ${written},\n  ]\n}\n`,
    ],
    'behind one with a comment and no comma': [
      `{\n  "hooks": [\n    { "method": "kd" } // soft, answers\n  ]\n}\n`,
      `{\n  "hooks": [\n    { "method": "kd" }, // soft, answers\n    ${written}\n  ]\n}\n`,
    ],
    'behind one on the same line': [
      `{ "hooks": [{ "method": "kd" }] }`,
      `{ "hooks": [{ "method": "kd" }, ${written}] }`,
    ],
    'behind one of several lines': [
      `{\n\t"hooks": [\n\t\t{\n\t\t\t"method": "kd"\n\t\t}\n\t]\n}\n`,
      `{\n\t"hooks": [\n\t\t{\n\t\t\t"method": "kd"\n\t\t},\n\t\t${written}\n\t]\n}\n`,
    ],
    'to an empty list': [
      `{\n  // none yet\n  "hooks": [], // here\n  "name": "a"\n}\n`,
      `{\n  // none yet\n  "hooks": [\n    ${written}\n  ], // here\n  "name": "a"\n}\n`,
    ],
    'where there is no list': [
      `{\n  "name": "a" // of it\n}\n`,
      `{\n  "name": "a", // of it\n  "hooks": [\n    ${written}\n  ]\n}\n`,
    ],
    'to an empty list with a comment': [
      `{\n  "hooks": [\n    // none yet\n  ]\n}\n`,
      `{\n  "hooks": [\n    // none yet\n    ${written}\n  ]\n}\n`,
    ],
    'in an empty recipe': ['{}', `{\n  "hooks": [\n    ${written}\n  ]\n}`],
    'with the line ends of the file': [
      `{\r\n  "hooks": [\r\n    { "method": "kd" }\r\n  ]\r\n}\r\n`,
      `{\r\n  "hooks": [\r\n    { "method": "kd" },\r\n    ${written}\r\n  ]\r\n}\r\n`,
    ],
  };
  for (const [where, [before, after]] of Object.entries(cases)) {
    it(`stand ${where}`, () => assert.equal(apply(before, addHook(before, hook)), after));
  }

  it('name whom they learn from where that is not the teacher', () => {
    const text = '{ "hooks": [] }';
    assert.match(apply(text, addHook(text, { ...hook, from: 'deep' })), /"method": "tat", "from": "deep"/);
  });

  const several = (names: readonly string[]) =>
    addHook('{\n\t"hooks": [\n\t\t{ "method": "kd" }\n\t]\n}\n', {
      method: 'reviewkd',
      student: names,
      teacher: names,
      weight: 1,
    });

  it('list their layers where they have several', () => {
    const text = '{\n\t"hooks": [\n\t\t{ "method": "kd" }\n\t]\n}\n';
    const line =
      '\t\t{ "method": "reviewkd", "student": ["s1", "s2"], "teacher": ["s1", "s2"], "weight": 1 }';
    assert.equal(
      apply(text, several(['s1', 's2'])),
      `{\n\t"hooks": [\n\t\t{ "method": "kd" },\n${line}\n\t]\n}\n`,
    );
  });

  it('stand on several lines where one would be too long', () => {
    const text = '{\n\t"hooks": [\n\t\t{ "method": "kd" }\n\t]\n}\n';
    const names = ['stage1', 'stage2', 'stage3'];
    assert.equal(
      apply(text, several(names)),
      [
        '{',
        '\t"hooks": [',
        '\t\t{ "method": "kd" },',
        '\t\t{',
        '\t\t\t"method": "reviewkd",',
        '\t\t\t"student": ["stage1", "stage2", "stage3"],',
        '\t\t\t"teacher": ["stage1", "stage2", "stage3"],',
        '\t\t\t"weight": 1',
        '\t\t}',
        '\t]',
        '}',
        '',
      ].join('\n'),
    );
  });

  it('are refused where the text is no JSON, with the line', () => {
    assert.throws(() => addHook('{\n  "hooks": [\n    { "method":\n  ]\n}', hook), /see line 4/);
    assert.throws(() => addHook('', hook), /no JSON/);
    assert.throws(() => addHook('{ "hooks": 3 }', hook), /is no list/);
  });
});

describe('hooks removed from a recipe', () => {
  const text = `{\n  // the hooks\n  "hooks": [\n    { "method": "kd" },\n    // attention\n    { "method": "tat" }\n  ]\n}\n`;

  const removed: Record<string, readonly [index: number, before: string, after: string]> = {
    'the first, and not the comment of the next': [
      0,
      `{\n  "hooks": [\n    { "a": 1 }, // of a\n    // of b\n    { "b": 2 }\n  ]\n}`,
      `{\n  "hooks": [\n    // of b\n    { "b": 2 }\n  ]\n}`,
    ],
    'the last, with the comma before it': [
      1,
      `{\n  "hooks": [\n    { "a": 1 }, // of a, still\n    { "b": 2 } // of b\n  ]\n}`,
      `{\n  "hooks": [\n    { "a": 1 } // of a, still\n  ]\n}`,
    ],
    'the only one': [0, `{\r\n  "hooks": [\r\n    { "a": 1 },\r\n  ]\r\n}`, `{\r\n  "hooks": [\r\n  ]\r\n}`],
    'the first of a line': [0, '{ "hooks": [{ "a": 1 }, { "b": 2 }] }', '{ "hooks": [{ "b": 2 }] }'],
    'the last of a line': [1, '{ "hooks": [{ "a": 1 }, { "b": 2 }] }', '{ "hooks": [{ "a": 1 }] }'],
    'one of several lines': [
      0,
      `{\n  "hooks": [\n    {\n      "a": 1\n    },\n    {\n      "b": 2\n    }\n  ]\n}`,
      `{\n  "hooks": [\n    {\n      "b": 2\n    }\n  ]\n}`,
    ],
  };
  for (const [which, [index, before, after]] of Object.entries(removed)) {
    it(`can be ${which}`, () => assert.equal(apply(before, removeHook(before, index)), after));
  }

  it('is what was added, taken back', () => {
    const added = apply(text, addHook(text, hook));
    assert.equal(apply(added, removeHook(added, 2)), text);
  });

  it('are refused where there is none', () => {
    assert.throws(() => removeHook(text, 2), /no hook 3/);
  });
});

describe('the layers of a hook on several', () => {
  const written = (student: string, teacher: string, method = 'fsp'): string =>
    `{\n  "hooks": [\n    { "method": "${method}", "student": ${student}, "teacher": ${teacher} } // flows\n  ]\n}\n`;
  const hookIn = (text: string): WrittenHook => readHooks(text, '/w/r.json', '/w').hooks[0]!;
  const text = written('["s1", "s3"]', '["t1", "t3"]');
  const pair = (place: number) => ({ student: { layer: 's2', place }, teacher: { layer: 't2', place } });

  it('are added at their place, with their partners', () => {
    for (const [place, student, teacher] of [
      [0, '["s2", "s1", "s3"]', '["t2", "t1", "t3"]'],
      [1, '["s1", "s2", "s3"]', '["t1", "t2", "t3"]'],
      [2, '["s1", "s3", "s2"]', '["t1", "t3", "t2"]'],
    ] as const) {
      assert.equal(apply(text, addLayers(text, hookIn(text), pair(place))), written(student, teacher));
    }
  });

  it('are added to one side alone', () => {
    const added = addLayers(text, hookIn(text), { student: { layer: 's2', place: 1 } });
    assert.equal(apply(text, added), written('["s1", "s2", "s3"]', '["t1", "t3"]'));
  });

  it('keep lines of their own', () => {
    const lines = (...names: string[]): string =>
      `[\n        ${names.map((name) => `"${name}"`).join(',\n        ')}\n      ]`;
    const spread = written(lines('s1', 's3'), lines('t1', 't3'));
    for (const [place, ...order] of [
      [1, '1', '2', '3'],
      [2, '1', '3', '2'],
    ] as const) {
      const [student, teacher] = ['s', 't'].map((side) => lines(...order.map((one) => side + one)));
      const after = apply(spread, addLayers(spread, hookIn(spread), pair(place)));
      assert.equal(after, written(student!, teacher!));
      assert.equal(apply(after, removeLayer(after, hookIn(after), 'student', 's2')), spread);
    }
  });

  it('are taken out with their partners, from either side', () => {
    const three = written('["s1", "s2", "s3"]', '["t1", "t2", "t3"]');
    for (const [side, layer, kept] of [
      ['student', 's1', '23'],
      ['student', 's3', '12'],
      ['teacher', 't2', '13'],
    ] as const) {
      const [student, teacher] = ['s', 't'].map((one) => `["${[...kept].join(`", "${one}`)}"]`);
      const after = written(student!.replace('["', '["s'), teacher!.replace('["', '["t'));
      assert.equal(apply(three, removeLayer(three, hookIn(three), side, layer)), after);
    }
  });

  it('are taken out alone where the lists make no pairs', () => {
    const uneven = written('["s1", "s2", "s3"]', '["t1", "t2"]', 'afd');
    assert.equal(
      apply(uneven, removeLayer(uneven, hookIn(uneven), 'student', 's1')),
      written('["s2", "s3"]', '["t1", "t2"]', 'afd'),
    );
    assert.equal(canLoseLayer(hookIn(uneven), 'student'), true);
    assert.equal(canLoseLayer(hookIn(uneven), 'teacher'), false);
  });

  it('are two at least', () => {
    assert.equal(canLoseLayer(hookIn(text), 'student'), false);
    assert.equal(canLoseLayer(hookIn(written('["a", "b", "c"]', '["a", "b", "c"]')), 'student'), true);
    assert.equal(canLoseLayer(hookIn(written('"a"', '"a"', 'tat')), 'student'), false);
  });

  it('are not written over a hook that was changed meanwhile', () => {
    const hook = hookIn(text);
    const swapped = written('["s1", "s4"]', '["t1", "t3"]');
    assert.throws(() => addLayers(swapped, hook, pair(1)), /hook 1 has been changed meanwhile/);
    const other = written('["s1", "s3"]', '["t1", "t3"]', 'reviewkd');
    assert.throws(() => removeLayer(other, hook, 'student', 's1'), /changed meanwhile/);
    assert.throws(() => addLayers('{ "hooks": [] }', hook, pair(1)), /changed meanwhile/);
  });

  it('can be more where the method, the teacher and the kind of layer are the same', () => {
    const recipe = readHooks(
      JSON.stringify({
        hooks: [
          { method: 'fsp', student: ['s1', 's2'], teacher: ['t1', 't2'] },
          { method: 'cankd', student: ['s1', 's2'], teacher: ['t1', 't2'] },
          { method: 'afd', student: ['s1', 's2'], teacher: ['t1', 't2'], from: 'deep' },
          { method: 'reviewkd' },
        ],
      }),
      '/w/r.json',
      '/w',
    );
    const to = (layer: string, changes: object = {}): string[] =>
      hooksToJoin(recipe, {
        source: 'teacher',
        side: 'student',
        layer,
        kind: 'maps' as const,
        ...changes,
      }).map(({ method }) => method);
    assert.deepEqual(to('s3'), ['fsp']);
    assert.deepEqual(to('s2'), []);
    assert.deepEqual(to('s2', { side: 'teacher' }), ['fsp']);
    assert.deepEqual(to('s3', { source: 'deep' }), ['afd']);
    assert.deepEqual(to('s3', { kind: 'vectors' }), []);
  });
});

describe('what a recipe says of models', () => {
  const text = `{
    // comment
    "data": { "source": "fashion-mnist" },
    "teacher": { "model": "../models/resnet.ts#large", "args": { "width": 8 } },
    "student": { "model": "../models/resnet.ts#small" },
    "hooks": [
      { "method": "kd", "weight": 0.9 },
      { "method": "tat", "student": "stage3", "teacher": "stage2", "weight": 0.1 },
      { "method":
    `;
  const recipe = readHooks(text, '/w/recipes/a.distill.json', '/w');

  it('is read from half-typed text', () => {
    assert.deepEqual(recipe.student, { model: 'models/resnet.ts#small', args: {} });
    assert.deepEqual(recipe.sources.teacher, { model: 'models/resnet.ts#large', args: { width: 8 } });
    assert.deepEqual(recipe.source, { format: 'fashion-mnist' });
    assert.deepEqual(
      recipe.hooks.map(({ method }) => method),
      ['kd', 'tat'],
    );
    const { offset, length } = recipe.hooks[1]!;
    assert.match(text.slice(offset, offset + length), /^\{ "method": "tat".*\}$/);
  });

  it('is read with the size of images that a model sees, where that is whole', () => {
    const student = (size: string) =>
      readHooks(`{ "student": { "model": "a.ts#a", "imageSize": ${size} } }`, '/w/r.json', '/w').student;
    assert.deepEqual(student('[14, 7]'), { model: 'a.ts#a', args: {}, imageSize: [14, 7] });
    for (const half of ['[14]', '[14, "']) assert.deepEqual(student(half), { model: 'a.ts#a', args: {} });
  });

  it('tells the roles of a builder', () => {
    assert.deepEqual(rolesOf(recipe, 'models/resnet.ts#small'), ['student']);
    assert.deepEqual(rolesOf(recipe, 'models/resnet.ts#large'), ['teacher']);
    assert.deepEqual(rolesOf(recipe, 'models/other.ts#small'), []);
    const self = readHooks(
      '{ "student": { "model": "a.ts#a" }, "teacher": { "model": "a.ts#a" } }',
      '/w/r.json',
      '/w',
    );
    assert.deepEqual(rolesOf(self, 'a.ts#a'), ['student', 'teacher']);
  });

  it('tells the hooks on a layer, as seen from its side', () => {
    const student = { role: 'student', reference: 'models/resnet.ts#small' } as const;
    const teacher = { role: 'teacher', reference: 'models/resnet.ts#large' } as const;
    const told = (use: typeof student | typeof teacher, layer: string): string[] =>
      hooksOn(recipe, use, layer).map((side) => describeHook(side, layer));
    assert.deepEqual(told(student, 'stage3'), ['tat ← teacher:stage2, weight 0.1']);
    assert.deepEqual(told(teacher, 'stage2'), ['tat → student:stage3, weight 0.1']);
    assert.deepEqual(told(teacher, 'stage3'), []);
  });

  it('tells hooks on lists of layers, of further teachers, and of the student itself', () => {
    const several = readHooks(
      `{
        "student": { "model": "a.ts#small" },
        "teachers": { "deep": { "model": "a.ts#deep" }, "wide": { "model": "a.ts#wide" } },
        "hooks": [
          { "method": "tat", "student": ["s1", "s2"], "teacher": ["t1", "t2"], "from": "deep" },
          { "method": "fsp", "student": ["s1", "s2"], "teacher": ["t1", "t2"], "from": ["deep", "wide"] },
          { "method": "at", "student": "s1", "teacher": "s2", "from": "student" }
        ]
      }`,
      '/w/r.json',
      '/w',
    );
    const told = (role: 'student' | 'teacher', model: string, layer: string): string[] =>
      hooksOn(several, { role, reference: `a.ts#${model}` }, layer).map((side) => describeHook(side, layer));
    assert.deepEqual(rolesOf(several, 'a.ts#wide'), ['teacher']);
    assert.deepEqual(told('student', 'small', 's2'), [
      'tat ← deep:t2',
      'fsp (2 of 2) ← deep+wide:t1+t2',
      'at → student:s1',
    ]);
    assert.deepEqual(told('teacher', 'deep', 't1'), ['tat → student:s1', 'fsp (1 of 2) → student:s1+s2']);
    const three = readHooks(
      `{
        "student": { "model": "a.ts#small" },
        "teacher": { "model": "a.ts#deep" },
        "hooks": [{ "method": "afd", "student": ["s1", "s2", "s3"], "teacher": ["t1", "t2"], "weight": 200 }]
      }`,
      '/w/r.json',
      '/w',
    );
    const ofThree = (role: 'student' | 'teacher', model: string, layer: string): string[] =>
      hooksOn(three, { role, reference: `a.ts#${model}` }, layer).map((side) => describeHook(side, layer));
    assert.deepEqual(ofThree('student', 'small', 's2'), ['afd (2 of 3) ← teacher:t1+t2, weight 200']);
    assert.deepEqual(ofThree('teacher', 'deep', 't2'), ['afd (2 of 2) → student:s1…s3, weight 200']);
    assert.deepEqual(told('teacher', 'wide', 't1'), ['fsp (1 of 2) → student:s1+s2']);
  });
});
