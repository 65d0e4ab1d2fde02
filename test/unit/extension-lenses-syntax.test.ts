import assert from 'node:assert/strict';
import type { Builder, LayerCall } from '../../src/extension/common/model-syntax/model-source';
import { mayBuildModels } from '../../src/extension/common/model-syntax/model-source';
import { Syntax } from '../../src/extension/common/model-syntax/syntax';

async function read(text: string, languageId = 'typescript') {
  return (await new Syntax(languageId).read(text)).source;
}

async function builderNames(text: string, languageId?: string): Promise<string[]> {
  return (await read(text, languageId)).builders.map(({ name }) => name);
}

async function layers(text: string, languageId?: string): Promise<(readonly [string, string?])[]> {
  return (await read(text, languageId)).layers.map(({ factory, name }) =>
    name === undefined ? ([factory] as const) : ([factory, name] as const),
  );
}

const textOf = (text: string, { from, to }: { from: number; to: number }): string => text.slice(from, to);

describe('functions that build a model', () => {
  const builders: Record<string, readonly [text: string, names: string[]]> = {
    'a declaration': ['export function net() { return tf.model({ inputs, outputs }); }', ['net']],
    'an arrow': ['export const net = ({ classes }) => tf.sequential({ layers: [] });', ['net']],
    'an arrow with a body': ['export const net = () => { return tf.sequential(); };', ['net']],
    'a function expression': ['export const net = function () { return tf.model({}); };', ['net']],
    'a default export': ['export default function net() { return tf.model({}); }', ['default']],
    'a default arrow': ['export default () => tf.model({});', ['default']],
    'the same under two names': [
      'export function net() { return tf.model({}); }\nexport default net;',
      ['net'],
    ],
    'a list of exports': ['const a = () => tf.model({});\nexport { a as small, a };', ['small']],
    'export =': ['const net = () => tf.model({});\nexport = net;', ['default']],
    'module.exports': ['module.exports = function net() { return tf.model({}); };', ['default']],
    'exports.name': ['exports.net = () => tf.model({});', ['net']],
    'an object of exports': [
      'function a() { return tf.model({}); }\nmodule.exports = { a, b: () => tf.sequential(), c: 3 };',
      ['a', 'b'],
    ],
    'a variable that is returned': [
      'export function net() { const model = tf.sequential(); model.add(x); return model; }',
      ['net'],
    ],
    'a variable given later': [
      'export function net() { let model; model = tf.model({}); return model; }',
      ['net'],
    ],
    'one of two branches': ['export const net = (a) => (a ? undefined : tf.model({}));', ['net']],
    'a return deep within': ['export function net(a) { if (a) { return tf.model({}); } throw a; }', ['net']],
    'a helper': [
      'function make() { return tf.model({}); }\nexport function net() { return make(); }',
      ['net'],
    ],
    'a helper declared behind': [
      'export const net = () => make();\nconst make = () => tf.model({});',
      ['net'],
    ],
    'a class': ['export const net = () => new tf.LayersModel({ inputs, outputs });', ['net']],
    'a class imported by name': [
      "import { Model } from 'elsewhere';\nexport const net = () => new Model({});",
      ['net'],
    ],
    'a return type': ['export function net(): tf.LayersModel { return made.elsewhere(); }', ['net']],
    'a return type of an arrow': ['export const net = (): Sequential => made.elsewhere();', ['net']],
    'a cast': ['export const net = () => (tf.model({}) as unknown as X)!;', ['net']],
    satisfies: ['export const net = () => tf.model({}) satisfies X;', ['net']],
    await: ['export const net = async () => await tf.model({});', ['net']],
    generics: ['export const net = <T extends { a: 1 }>({ a }: T) => tf.model({});', ['net']],
    'imported names': [
      "import { model as make, sequential } from '@tensorflow/tfjs';\nexport const a = () => make({});\nexport const b = () => sequential();",
      ['a', 'b'],
    ],
    'another name of the namespace': [
      "import * as T from '@tensorflow/tfjs-node';\nexport const net = () => T.model({});",
      ['net'],
    ],
    'required names': [
      "const { model } = require('@tensorflow/tfjs');\nexports.net = () => model({});",
      ['net'],
    ],
    'a required namespace': [
      "const T = require('@tensorflow/tfjs');\nexports.net = () => T.model({});",
      ['net'],
    ],
    'nothing that is not exported': ['function net() { return tf.model({}); }', []],
    'nothing that builds but does not return': ['export function net() { tf.model({}); }', []],
    'nothing that a function within returns': [
      'export function net() { const inner = () => tf.model({}); return inner; }',
      [],
    ],
    'no methods': ['export class Net { build() { return tf.model({}); } }', []],
    'nothing of another library': [
      "import { model } from 'mongoose';\nexport const net = () => model({});",
      [],
    ],
    'nothing exported from elsewhere': ["export { net } from './net';", []],
    'no overloads without a body': [
      'export function net(a: string): tf.LayersModel;\nexport function net(a: any): tf.LayersModel { return a; }',
      ['net'],
    ],
    'no end of recursion': [
      'export function net() { return other(); }\nfunction other() { return net(); }',
      [],
    ],
    'no end of a name': ['export function net() { let x = x; x = y; let y = x; return x; }', []],
  };
  for (const [what, [text, expected]] of Object.entries(builders)) {
    it(`finds ${what}`, async () => assert.deepEqual(await builderNames(text), expected));
  }

  it('reads JSX and TypeScript with JSX', async () => {
    const text = 'const view = <p>{x}</p>;\nexport const net = () => tf.model({});';
    assert.deepEqual(await builderNames(text, 'javascriptreact'), ['net']);
    assert.deepEqual(await builderNames(`${text}\nconst a: number = 1;`, 'typescriptreact'), ['net']);
  });

  it('tells where the builder and its name stand', async () => {
    const text = 'let a;\nexport const net = () => tf.model({});\nexport default () => tf.model({});';
    const [net, last] = (await read(text)).builders as [Builder, Builder];
    assert.equal(textOf(text, net), 'export const net = () => tf.model({});');
    assert.equal(textOf(text, net.nameSpan), 'net');
    assert.equal(textOf(text, last), 'export default () => tf.model({});');
    assert.equal(textOf(text, last.nameSpan), 'default');
  });
});

describe('calls that make layers', () => {
  const calls: Record<string, readonly [text: string, layers: (readonly [string, string?])[]]> = {
    'a constant name': ["tf.layers.conv2d({ filters: 3, name: 'stage3' }).apply(x);", [['conv2d', 'stage3']]],
    'a name in a plain template': ['tf.layers.reLU({ name: `stage3` });', [['reLU', 'stage3']]],
    'no name in a template with parts': ['tf.layers.reLU({ name: `stage${i}` });', [['reLU']]],
    'no name in a variable': ['tf.layers.reLU({ name });', [['reLU']]],
    'a quoted key': ["tf.layers.reLU({ 'name': 'a' });", [['reLU', 'a']]],
    'no arguments': ['tf.layers.flatten();', [['flatten']]],
    'imported layers': [
      "import { layers as L } from '@tensorflow/tfjs';\nL.dense({ units: 3 });",
      [['dense']],
    ],
    'layers taken out': ["const { layers } = tf;\nlayers.dense({ name: 'a' });", [['dense', 'a']]],
    'one layer taken out': [
      'const { conv2d, dense: D } = tf.layers;\nconv2d({});\nD({});',
      [['conv2d'], ['dense']],
    ],
    'layers under another name': ['const L = tf.layers;\nL.dense({});', [['dense']]],
    'layers in a list': [
      "tf.sequential({ layers: [tf.layers.flatten(), tf.layers.dense({ name: 'head' })] });",
      [['flatten'], ['dense', 'head']],
    ],
    'a helper that is given the name': [
      "function stage(x, width, name) { return tf.layers.reLU({ name }).apply(x); }\nstage(x, 3, 'stage3');",
      [['reLU'], ['stage', 'stage3']],
    ],
    'a helper of a helper, with options': [
      "const act = (x, { name: n }) => tf.layers.reLU({ name: n });\nconst stage = (id, x) => act(x, { name: id });\nstage('stage1', x);",
      [['reLU'], ['stage', 'stage1']],
    ],
    'no helper that makes another name of it': [
      "const conv = (x, name) => tf.layers.conv2d({ name: `${name}_conv` });\nconv(x, 'a');",
      [['conv2d']],
    ],
    'no other functions': ["tf.input({ name: 'a' });\nmodel.add(x);\nother.layers.dense({});", []],
  };
  for (const [what, [text, expected]] of Object.entries(calls)) {
    it(`finds ${what}`, async () => assert.deepEqual(await layers(text), expected));
  }

  it('knows the builders that a call belongs to, through helpers too', async () => {
    const text = `
      function head(x) { return tf.layers.dense({ name: 'head' }).apply(x); }
      function alone() { return tf.layers.dense({ name: 'alone' }); }
      export function a() { const x = tf.layers.flatten({ name: 'a' }); return tf.model({ outputs: head(x) }); }
      export function b() { [1].map(() => tf.layers.flatten({ name: 'b' })); return tf.model({ outputs: head(x) }); }`;
    const found = (await read(text)).layers.map(({ name, builders }) => [name, ...builders]);
    assert.deepEqual(found, [['head', 'a', 'b'], ['alone'], ['a', 'a'], ['b', 'b']]);
  });

  it('tells where the call stands', async () => {
    const text = "const x = tf.layers.conv2d({ name: 'a' }).apply(y);";
    const [call] = (await read(text)).layers as [LayerCall];
    assert.equal(textOf(text, call), "tf.layers.conv2d({ name: 'a' })");
  });
});

describe('half-typed files', () => {
  const whole = `import * as tf from '@tensorflow/tfjs';
export function first({ classes }) {
  const x = tf.layers.dense({ units: classes, name: 'head' }).apply(y);
  return tf.model({ inputs: y, outputs: x });
}
export function second() {
  return tf.sequential({ layers: [tf.layers.flatten({ name: 'flat' })] });
}
`;

  it('says whether the parser had to guess', async () => {
    assert.equal((await new Syntax('typescript').read(whole)).isWhole, true);
    assert.equal((await new Syntax('typescript').read(whole.replace('classes,', ','))).isWhole, false);
  });

  it('survives being cut off anywhere', async () => {
    for (let end = 0; end < whole.length; end += 7) {
      const { source } = await new Syntax('typescript').read(whole.slice(0, end));
      for (const { from, to } of [...source.builders, ...source.layers]) assert.ok(from < to && to <= end);
    }
  });

  it('finds the functions around one in which something is missing', async () => {
    for (const [typed, half] of [
      ['units: classes,', 'units: ,'],
      ['.apply(y);', '.'],
      ["'head'", "'hea"],
      ['outputs: x });', 'outputs: x }'],
    ] as const) {
      const names = await builderNames(whole.replace(typed, half));
      assert.ok(names.includes('second'), `after ${half}`);
    }
  });

  it('reads an edited text as it reads the same text anew', async () => {
    const syntax = new Syntax('typescript');
    await syntax.read(whole);
    const at = whole.indexOf('return tf.model');
    const inserted = "const z = tf.layers.reLU({ name: 'more' });\n  ";
    syntax.change([{ fromA: at, toA: at, fromB: at, toB: at + inserted.length }]);
    const edited = whole.slice(0, at) + inserted + whole.slice(at);
    assert.deepEqual((await syntax.read(edited)).source, await read(edited));
  });

  it('keeps up with edits made while it reads', async () => {
    const syntax = new Syntax('typescript');
    const long = whole.repeat(60).replaceAll('export function', 'function');
    const reading = syntax.read(long);
    syntax.change([{ fromA: 0, toA: 0, fromB: 0, toB: 3 }]);
    await reading;
    const edited = `/**/${long}`.slice(1);
    assert.deepEqual((await syntax.read(edited)).source, await read(edited));
  });
});

describe('the quick look at a text', () => {
  it('lets through what may build a model, and little else', () => {
    for (const text of [
      'tf.model({})',
      'tf.sequential ()',
      'new Model(x)',
      'new tf.LayersModel(',
      '(): tf.Sequential',
    ]) {
      assert.equal(mayBuildModels(text), true, text);
    }
    for (const text of ['', 'import x from "y"; x.run();', 'const remodel = 3; submodel(3);']) {
      assert.equal(mayBuildModels(text), false, text);
    }
  });
});
