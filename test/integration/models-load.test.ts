import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as os from 'node:os';
import * as path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { ready } from '../../src/engine/backends';
import { loadModel } from '../../src/engine/models/load';
import type { Model } from '../../src/engine/models/model';

const fixture = path.join(__dirname, '../fixtures/models/workspace');

describe('a model from a module of the user', () => {
  let folder: string;
  let workspace: string;

  const load = (reference: string, args: Record<string, unknown> = {}): Promise<Model> =>
    loadModel({
      reference,
      args,
      inputShape: [16, 16, 3],
      classes: 10,
      seed: 0,
      base: workspace,
      workspace,
    });
  const refuses = (reference: string, message: RegExp, args?: Record<string, unknown>): Promise<void> =>
    assert.rejects(load(reference, args), { name: 'InputError', message });

  /** A workspace with packages of its own, among them another copy of TensorFlow.js, which throws. */
  before(async () => {
    await ready();
    folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'workspace-')));
    workspace = path.join(folder, 'workspace');
    fs.cpSync(fixture, workspace, { recursive: true });
    fs.renameSync(path.join(workspace, 'packages'), path.join(workspace, 'node_modules'));
  });
  after(() => fs.rmSync(folder, { recursive: true }));

  it("uses this process's TensorFlow.js, the tsconfig's paths and the workspace's packages", async () => {
    for (const reference of ['models/small.ts#small', 'models/small.ts#default']) {
      const model = await load(reference, { filters: 2 });
      assert.ok(model.network instanceof tf.LayersModel);
      assert.deepEqual(
        model.layers.map((layer) => layer.id),
        ['input', 'conv2d_1', 'conv2d_2', 'scale_1', 'global_average_pooling2d_1', 'head'],
      );
      assert.deepEqual(model.layer('conv2d_2').outputShape, [16, 16, 4]);
      const scaled = model.layers.find((layer) => layer.className === 'Scale')!.output.sourceLayer;
      assert.ok(scaled instanceof tf.layers.Layer);
      model.dispose();
    }
  });

  it('knows the calls in the sources that made each layer, in loops, helpers, packages and nested models', async () => {
    const model = await load('models/traced.ts#traced');
    const file = 'models/traced.ts';
    const lines = fs.readFileSync(path.join(workspace, file), 'utf8').split('\n');
    const marks = lines.flatMap((text, index) => {
      const [made = '', led = ''] = (text.split('// ')[1] ?? '').split(/(?:^| ): /);
      const entry = (id: string, depth: 'made' | 'led'): [string, number, string] => [id, index + 1, depth];
      return [
        ...made.split(' ').map((id) => entry(id, 'made')),
        ...led.split(' ').map((id) => entry(id, 'led')),
      ].filter(([id]) => id !== '');
    });
    const found = model.layers.flatMap(({ id, places }) =>
      places.map((place, index) => ({ id, ...place, depth: index === 0 ? 'made' : 'led' })),
    );
    const here = found.filter((place) => place.file === file);
    const sorted = (entries: [string, number, string][]): string[] => entries.map(String).sort();
    assert.deepEqual(sorted(here.map(({ id, line, depth }) => [id, line, depth])), sorted(marks));
    const [first] = model.layer('conv2d_1').places;
    assert.deepEqual(
      [first!.file, lineOf('lib/conv.ts', first!.line).includes('conv2d(')],
      ['lib/conv.ts', true],
    );
    for (const { id, line, column } of here.filter(
      ({ id, depth }) => depth === 'made' && id.endsWith('_conv'),
    )) {
      assert.match(lines[line - 1]!.slice(column - 1), /^conv2d\(/, id);
    }
    assert.ok(model.sources.some(({ path: source }) => source === file));
    model.dispose();

    function lineOf(source: string, line: number): string {
      return fs.readFileSync(path.join(workspace, source), 'utf8').split('\n')[line - 1]!;
    }
  });

  it('gives TensorFlow.js back as it was', async () => {
    // eslint-disable-next-line @typescript-eslint/unbound-method -- only compared
    const before = [tf.layers.conv2d, tf.layers.Layer.prototype.apply, Error.prepareStackTrace];
    (await load('models/traced.ts#traced')).dispose();
    await assert.rejects(load('models/small.ts#wrongFilters'));
    // eslint-disable-next-line @typescript-eslint/unbound-method -- only compared
    assert.deepEqual([tf.layers.conv2d, tf.layers.Layer.prototype.apply, Error.prepareStackTrace], before);
  });

  it('computes, and depends on the seed alone', async () => {
    const outputs = await Promise.all(
      [0, 1].map(async () => {
        const model = await load('models/small.ts#small');
        return tf.tidy(() => [...(model.network.predict(tf.ones([1, 16, 16, 3])) as tf.Tensor).dataSync()]);
      }),
    );
    assert.deepEqual(outputs[0], outputs[1]);
    assert.ok(outputs[0]!.some((value) => value !== 0));
  });

  it('may be TypeScript or JavaScript of any kind', async () => {
    const references = [
      'models/default.js#default',
      'models/named.cjs#linear',
      'models/esm.mjs#linear',
      'models/esm.mjs#default',
      'models/view.tsx#linear',
    ];
    for (const reference of references) {
      assert.deepEqual((await load(reference)).layer('flatten_1').outputShape, [768], reference);
    }
  });

  it("gets this process's TensorFlow.js also by the path of another copy", async () => {
    const requireThere = createRequire(path.join(workspace, 'models/relative.ts'));
    assert.throws(() => requireThere('@tensorflow/tfjs') as unknown, /another copy/);
    assert.ok((await load('models/relative.ts#linear')).network instanceof tf.LayersModel);
  });

  it('tells the content of all its sources', async () => {
    const { sources } = await load('models/small.ts#small');
    const files = ['lib/conv.ts', 'models/small.ts', 'node_modules/tfjs-blocks/index.js'];
    assert.deepEqual(
      [...sources].sort((a, b) => (a.path < b.path ? -1 : 1)),
      files.map((file) => ({
        path: file,
        sha256: createHash('sha256')
          .update(fs.readFileSync(path.join(workspace, file)))
          .digest('hex'),
      })),
    );
  });

  it('is read anew each time', async () => {
    const file = path.join(workspace, 'models/changing.ts');
    const write = (units: number): void =>
      fs.writeFileSync(
        file,
        `import * as tf from '@tensorflow/tfjs';
         export const net = ({ inputShape, classes }: any) => tf.sequential({ layers: [
           tf.layers.flatten({ inputShape }),
           tf.layers.dense({ units: ${units}, name: 'hidden' }), tf.layers.dense({ units: classes })] });`,
      );
    write(3);
    const first = await load('models/changing.ts#net');
    write(4);
    const second = await load('models/changing.ts#net');
    assert.deepEqual(
      [first, second].map((model) => model.layer('hidden').outputShape),
      [[3], [4]],
    );
    assert.notEqual(first.sources[0]!.sha256, second.sources[0]!.sha256);
  });

  it('that cannot be read is refused with file, line and column', async () => {
    await refuses('models/broken.ts#net', /^models\/broken\.ts:2:39: Expected "]" but found ":"$/);
    await refuses(
      'models/lost.ts#net',
      /^models\/lost\.ts:1:22: Could not resolve "\.\.\/lib\/convolution"$/,
    );
    await refuses('models/unknown.ts#net', /^models\/unknown\.ts:1:10: No matching export .*"Container"$/);
    await refuses('models/none.ts#net', /^there is no file .*none\.ts$/);
  });

  it('that throws is refused with the place in its own source', async () => {
    await refuses('models/early.ts#net', /^models\/early\.ts:3:27: models\/early\.ts throws: .*undefined/);
    // The helper's line, not that of TensorFlow.js, which throws a dozen frames further in.
    await refuses('models/small.ts#wrongFilters', /^lib\/conv\.ts:4:20: .*wrongFilters throws: .*got -1$/);
  });

  it('that asks for an argument it does not get is refused with its name', async () => {
    const message =
      /^models\/small\.ts:31:\d+: .*"depth", which "args" lacks\): depth is not a whole number$/;
    await refuses('models/small.ts#deep', message);
    await refuses('models/small.ts#deep', /lacks; did you mean "depht"\?\)/, { depht: 3 });
    (await load('models/small.ts#deep', { depth: 3 })).dispose();
  });

  it('that ignores an argument is refused', async () => {
    await refuses('models/small.ts#small', /"filtres"; did you mean "filters"\?$/, { filtres: 3 });
    await refuses('models/view.tsx#linear', /"depth"; it reads inputShape, classes$/, { depth: 3 });
  });

  it('must be a function that is exported', async () => {
    await refuses('models/small.ts#smal', /^models\/small\.ts exports no "smal"; did you mean "small"\?$/);
    await refuses('models/esm.mjs#resnet', /exports no "resnet"; its functions are default, linear$/);
    await refuses(
      'models/small.ts#width',
      /^models\/small\.ts#width is not a function .*functions are deep, /,
    );
    await refuses('models/small.ts#toString', /exports no "toString"/);
  });

  it('must return a model', async () => {
    await refuses('models/small.ts#promised', /^models\/small\.ts#promised: it returns a promise/);
    await refuses('models/small.ts#nothing', /^models\/small\.ts#nothing: it returns nothing/);
  });

  it('must lie in the workspace, links followed, with all that it imports', async () => {
    const outside = path.join(folder, 'outside.ts');
    fs.writeFileSync(outside, 'export const net = () => 3;');
    fs.symlinkSync(outside, path.join(workspace, 'models/link.ts'));
    for (const reference of [
      `${outside}#net`,
      '../outside.ts#net',
      'models/link.ts#net',
      'models/outside.ts#net',
    ]) {
      await refuses(
        reference,
        /outside\.ts lies outside of the workspace \(.*\); model code must lie in it$/,
      );
    }
  });
});
