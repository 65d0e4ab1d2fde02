import assert from 'node:assert/strict';
import { Syntax } from '../../src/extension/common/model-syntax/syntax';
import { linesOf } from '../../src/extension/lenses/inspected';
import type { InspectedDocument } from '../../src/extension/lenses/inspections';
import { type LensInput, type PlannedLens, planLenses } from '../../src/extension/lenses/lens-plan';
import { readHooks } from '../../src/extension/lenses/recipe-hooks';
import type { LayerSummary } from '../../src/protocol/inspector';

const text = `function conv(x, filters, name) {
  return tf.layers.conv2d({ filters, name }).apply(x);
}
export function student(input) {
  let x = conv(input, 8, 'stage1');
  for (const filters of [8, 16]) {
    x = conv(x, filters);
  }
  x = tf.layers.dense({ name: 'head' }).apply(x);
  return tf.model({ inputs: input, outputs: x });
}
export function other(input) {
  return tf.model({ outputs: tf.layers.dense({ name: 'other' }).apply(input) });
}
`;

const recipe = readHooks(
  JSON.stringify({
    student: { model: 'models/net.ts#student' },
    teacher: { model: 'builtin:resnet20' },
    hooks: [
      { method: 'kd', weight: 0.9 },
      { method: 'tat', student: 'stage1', teacher: 'stage2', weight: 0.1 },
      { method: 'ct', student: 'conv2d_2', teacher: 'stage3', weight: 1 },
    ],
  }),
  '/w/a.distill.json',
  '/w',
);

function layer(id: string, ...lines: number[]): LayerSummary {
  const places = lines.map((line) => ({ file: 'models/net.ts', line, column: 1 }));
  return { id, className: 'Conv2D', outputShape: [8, 8, 8], parameters: 1, flops: 1, places };
}

/** What Inspect tells of `student`. */
const layers = [layer('stage1', 2, 5), layer('conv2d_1', 2, 7), layer('conv2d_2', 2, 7), layer('head', 9)];
const inspected: InspectedDocument = {
  inspection: {
    reference: 'models/net.ts#student',
    workspace: '/w',
    input: { inputShape: [8, 8, 1], classes: 3, args: {} },
    summary: {
      reference: 'models/net.ts#student',
      parameters: 4,
      flops: 4,
      endsInSoftmax: false,
      layers,
      sources: [{ path: 'models/net.ts', sha256: '' }],
    },
  },
  lines: linesOf(layers, 'models/net.ts'),
};

async function plan(changes: Partial<LensInput> = {}): Promise<string[]> {
  const lenses = planLenses({
    source: (await new Syntax('typescript').read(text)).source,
    inspected: [],
    recipe,
    referenceOf: (builder) => `models/net.ts#${builder}`,
    lineOf: (offset) => text.slice(0, offset).split('\n').length - 1,
    shows: { builders: true, hooks: true, hookable: true, inspected: true },
    runs: true,
    ...changes,
  });
  return lenses.map(shortForm);
}

/** `5 hook tat`, with the line from 1. */
function shortForm(lens: PlannedLens): string {
  const what =
    'hook' in lens ? lens.hook.method : lens.kind === 'hookable' ? lens.layers.join() : lens.builder;
  return `${lens.line + 1} ${lens.kind} ${what}`;
}

describe('the plan of lenses', () => {
  const builders = (line: number, name: string): string[] =>
    ['distill', 'train', 'inspect'].map((kind) => `${line} ${kind} ${name}`);
  const tat = ['5 hook tat', '5 edit tat', '5 remove tat'];

  it('has builders, hooked layers and named layers of the active recipe', async () => {
    assert.deepEqual(await plan(), [
      ...builders(4, 'student'),
      ...tat,
      '9 hookable head',
      ...builders(12, 'other'),
    ]);
  });

  it('has builders alone where there is no active recipe', async () => {
    assert.deepEqual(await plan({ recipe: undefined }), [
      ...builders(4, 'student'),
      ...builders(12, 'other'),
    ]);
  });

  it('has what the inspector knows besides, and no layer twice', async () => {
    assert.deepEqual(await plan({ inspected: [inspected] }), [
      '2 hook ct',
      '2 edit ct',
      '2 remove ct',
      '2 hookable conv2d_1',
      ...builders(4, 'student'),
      '4 summary student',
      ...tat,
      '9 hookable head',
      ...builders(12, 'other'),
    ]);
  });

  it('has layers of a file without builders, once they are inspected', async () => {
    const source = { builders: [], layers: [] };
    assert.deepEqual(await plan({ source, inspected: [inspected] }), [
      '2 hook tat',
      '2 edit tat',
      '2 remove tat',
      '2 hook ct',
      '2 edit ct',
      '2 remove ct',
      '2 hookable conv2d_1',
      '9 hookable head',
    ]);
  });

  it('shows hooks from the side of the teacher too', async () => {
    const reversed = readHooks(
      JSON.stringify({
        student: { model: 'builtin:resnet8' },
        teacher: { model: 'models/net.ts#student' },
        hooks: [{ method: 'tat', student: 'stage3', teacher: 'stage1', weight: 0.1 }],
      }),
      '/w/a.distill.json',
      '/w',
    );
    assert.deepEqual((await plan({ recipe: reversed })).slice(3, 7), [...tat, '9 hookable head']);
  });

  it('shows each layer of a hook on several, which can go while two are left', async () => {
    const on = (...layers: string[]): Promise<string[]> =>
      plan({
        recipe: readHooks(
          JSON.stringify({
            student: { model: 'models/net.ts#student' },
            teacher: { model: 'builtin:resnet20' },
            hooks: [{ method: 'reviewkd', student: layers, teacher: layers, weight: 1 }],
          }),
          '/w/a.distill.json',
          '/w',
        ),
      });
    const hooked = (line: number, ...kinds: string[]): string[] =>
      kinds.map((kind) => `${line} ${kind} reviewkd`);
    const shown = (lenses: string[]): string[] => lenses.filter((lens) => lens.endsWith('reviewkd'));
    assert.deepEqual(shown(await on('stage1', 'head')), [
      ...hooked(5, 'hook', 'edit', 'remove'),
      ...hooked(9, 'hook', 'edit', 'remove'),
    ]);
    assert.deepEqual(shown(await on('stage1', 'other', 'head')), [
      ...hooked(5, 'hook', 'edit', 'removeLayer', 'remove'),
      ...hooked(9, 'hook', 'edit', 'removeLayer', 'remove'),
    ]);
  });

  it('offers nothing that runs or builds a model in an untrusted workspace', async () => {
    assert.deepEqual(await plan({ runs: false, inspected: [inspected] }), [
      '2 hook ct',
      '2 edit ct',
      '2 remove ct',
      ...tat,
    ]);
  });

  it('leaves out each kind that is switched off', async () => {
    const all = { builders: true, hooks: true, hookable: true, inspected: true };
    const without = (kind: keyof typeof all): Promise<string[]> =>
      plan({ inspected: [inspected], shows: { ...all, [kind]: false } });
    assert.ok(!(await without('builders')).some((lens) => /distill|train|inspect|summary/.test(lens)));
    assert.ok(!(await without('hooks')).some((lens) => /hook |edit|remove/.test(lens)));
    assert.ok(!(await without('hookable')).includes('9 hookable head'));
    assert.ok(!(await without('inspected')).includes('2 hookable conv2d_1'));
  });
});
