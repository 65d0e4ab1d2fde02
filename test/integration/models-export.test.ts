import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { ready } from '../../src/engine/backends';
import { buildModel } from '../../src/engine/models/build';
import { exportModel } from '../../src/engine/models/export';
import { loadModel, loadWeightsFromModelJson } from '../../src/engine/models/load';
import type { Model } from '../../src/engine/models/model';
import type { Builder } from '../../src/engine/models/network';

const metadata = {
  classNames: ['bag', 'boot', 'coat'],
  normalization: { mean: [0.5, 0.5, 0.5], std: [0.25, 0.25, 0.25] },
  imageShape: [12, 12, 3] as const,
};
const args = { inputShape: [12, 12, 3] as [number, number, number], classes: 3 };

/** Unnamed layers, a nested model called twice, a softmax at the end. */
const builder: Builder = ({ inputShape, classes }) => {
  const block = tf.sequential({
    layers: [
      tf.layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same', inputShape }),
      tf.layers.batchNormalization(),
      tf.layers.reLU({ maxValue: 6 }),
    ],
  });
  const inputs = tf.input({ shape: inputShape });
  const twice = block.apply(block.apply(inputs));
  const pooled = tf.layers.globalAveragePooling2d({}).apply(twice);
  const output = tf.layers.dense({ units: classes, activation: 'softmax', name: 'head' }).apply(pooled);
  return tf.model({ inputs, outputs: output as tf.SymbolicTensor });
};

function predict(model: Model, image: tf.Tensor): number[] {
  return tf.tidy(() => [...(model.network.apply(image, { training: false }) as tf.Tensor).dataSync()]);
}

function close(actual: readonly number[], expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, index) =>
    assert.ok(Math.abs(value - expected[index]!) < 1e-5, `${actual.join()} is not ${expected.join()}`),
  );
}

/** The parts of a `model.json` that the tests tamper with. */
interface SavedModel {
  format: string;
  modelTopology: { config: { layers: { class_name: string }[] } };
  weightsManifest?: { paths: string[]; weights: { shape: number[] }[] }[];
}

describe('an exported model', () => {
  let folder: string;
  let model: Model;
  let image: tf.Tensor;
  const load = (file: string, changes: Partial<Parameters<typeof loadModel>[0]> = {}) =>
    loadModel({ reference: file, args: {}, ...args, seed: 0, base: folder, workspace: folder, ...changes });
  const saved = (name: string): string => path.join(folder, name, 'model.json');

  beforeEach(async () => {
    await ready();
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'export-'));
    // Other models come first, so that the process's own numbers of layers differ from the stable ids.
    buildModel(builder, args, { seed: 1 }).dispose();
    model = buildModel(builder, args, { seed: 0 });
    image = tf.randomUniform([1, 12, 12, 3], -1, 1, 'float32', 5);
  });

  afterEach(() => {
    fs.rmSync(folder, { recursive: true });
    model.dispose();
    image.dispose();
  });

  it('is loaded over HTTP by stock TensorFlow.js in a process of its own, and computes the same', async () => {
    const files = await exportModel(model, path.join(folder, 'out'), metadata);
    assert.deepEqual(files, ['group1-shard1of1.bin', 'model.json']);
    const imageFile = path.join(folder, 'image.json');
    fs.writeFileSync(imageFile, JSON.stringify({ shape: image.shape, values: [...image.dataSync()] }));
    const server = http.createServer((request, response) => {
      fs.createReadStream(path.join(folder, 'out', path.basename(request.url!))).pipe(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [
          path.join(__dirname, '../fixtures/models/stock.cjs'),
          require.resolve('@tensorflow/tfjs'),
          `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.json`,
          imageFile,
        ],
        { cwd: folder },
      );
      const stock = JSON.parse(stdout.slice(stdout.indexOf('{"backend"'))) as Record<string, unknown>;
      assert.equal(stock.backend, 'cpu');
      close(stock.output as number[], predict(model, image));
      assert.deepEqual(stock.layers, [
        'input',
        'conv2d_1',
        'batch_normalization_1',
        're_lu_1',
        'global_average_pooling2d_1',
        'head',
      ]);
      const { imageShape: _, ...ofData } = metadata;
      assert.deepEqual(stock.metadata, { ...ofData, inputShape: [12, 12, 3], outputs: 'probabilities' });
    } finally {
      server.close();
    }
  });

  it('says how larger images are brought to the size that it takes', async () => {
    await exportModel(model, path.join(folder, 'out'), { ...metadata, imageShape: [24, 18, 3] });
    const { userDefinedMetadata } = JSON.parse(fs.readFileSync(saved('out'), 'utf8')) as {
      userDefinedMetadata: Record<string, unknown>;
    };
    assert.deepEqual(userDefinedMetadata.inputShape, [12, 12, 3]);
    assert.deepEqual(userDefinedMetadata.resize, { from: [24, 18], method: 'bilinear', antialias: true });
  });

  it('is loaded again with the same ids, weights and outputs', async () => {
    await exportModel(model, path.join(folder, 'out'), metadata);
    const loaded = await load('out/model.json');
    assert.deepEqual(
      loaded.layers.map((layer) => layer.id),
      model.layers.map((layer) => layer.id),
    );
    assert.deepEqual([...loaded.weights.keys()], [...model.weights.keys()]);
    assert.deepEqual(predict(loaded, image), predict(model, image));
    assert.deepEqual(
      loaded.sources.map((source) => source.path),
      ['out/model.json', 'out/group1-shard1of1.bin'],
    );
    loaded.dispose();
  });

  it('gives its weights to a model of the same network, also where plain TensorFlow.js saved it', async () => {
    const other = buildModel(builder, args, { seed: 7 });
    await exportModel(model, path.join(folder, 'out'), metadata);
    await loadWeightsFromModelJson(other, saved('out'));
    assert.deepEqual(predict(other, image), predict(model, image));
    other.dispose();

    const again = buildModel(builder, args, { seed: 8 });
    const artifacts = await new Promise<tf.io.ModelArtifacts>((resolve) => {
      const handler = tf.io.withSaveHandler(async (given) => {
        resolve(given);
        return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } });
      });
      void model.network.save(handler);
    });
    fs.mkdirSync(path.join(folder, 'plain'));
    const { modelTopology, weightSpecs, weightData } = artifacts;
    assert.match(JSON.stringify(modelTopology), /conv2d_Conv2D\d/);
    const manifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
    fs.writeFileSync(saved('plain'), JSON.stringify({ modelTopology, weightsManifest: manifest }));
    fs.writeFileSync(path.join(folder, 'plain/weights.bin'), new Uint8Array(weightData as ArrayBuffer));
    await loadWeightsFromModelJson(again, saved('plain'));
    assert.deepEqual(predict(again, image), predict(model, image));
    again.dispose();
  });

  it('leaves no tensor behind when its weights are read', async () => {
    await exportModel(model, path.join(folder, 'out'), metadata);
    const before = tf.memory().numTensors;
    await loadWeightsFromModelJson(model, saved('out'));
    assert.equal(tf.memory().numTensors, before);
  });

  it('of another network is refused as weights', async () => {
    const other = buildModel(
      (given) =>
        tf.sequential({
          layers: [tf.layers.flatten({ inputShape: given.inputShape }), tf.layers.dense({ units: 3 })],
        }),
      args,
      { seed: 0 },
    );
    await exportModel(other, path.join(folder, 'out'), metadata);
    await assert.rejects(loadWeightsFromModelJson(model, saved('out')), {
      name: 'InputError',
      message: /out.model\.json: The weights are those of another network: without "conv2d_1\/kernel"/,
    });
  });

  it('is cut into files of 4 MiB', async () => {
    const large = await loadModel({
      reference: 'builtin:vgg8',
      args: { width: 32 },
      ...args,
      seed: 0,
      base: folder,
      workspace: folder,
    });
    const files = await exportModel(large, path.join(folder, 'out'), metadata);
    assert.equal(files.length, 2);
    const sizes = (await exportModel(await load('builtin:vgg8'), path.join(folder, 'more'), metadata))
      .filter((name) => name.endsWith('.bin'))
      .map((name) => fs.statSync(path.join(folder, 'more', name)).size);
    assert.equal(sizes.length, 4);
    assert.ok(
      sizes.every((size, index) => size === 4194304 || (index === 3 && size < 4194304)),
      String(sizes),
    );
    const loaded = await load('more/model.json');
    assert.equal(loaded.parameters, (await load('builtin:vgg8')).parameters);
  });

  it('replaces an earlier export, but no folder with anything else', async () => {
    const out = path.join(folder, 'out');
    await exportModel(model, out, metadata);
    await exportModel(await load('builtin:resnet8'), out, metadata);
    assert.deepEqual(fs.readdirSync(folder), ['out']);
    (await load('out/model.json')).layer('stage3');
    fs.writeFileSync(path.join(out, 'thesis.tex'), 'x');
    await assert.rejects(exportModel(model, out, metadata), { name: 'InputError', message: /"thesis\.tex"/ });
    assert.deepEqual(fs.readdirSync(out).sort(), ['group1-shard1of1.bin', 'model.json', 'thesis.tex']);
  });

  describe('that was tampered with', () => {
    const edit = (change: (json: SavedModel) => void): void => {
      const json = JSON.parse(fs.readFileSync(saved('out'), 'utf8')) as SavedModel;
      change(json);
      fs.writeFileSync(saved('out'), JSON.stringify(json));
    };
    const refuses = (message: RegExp) =>
      assert.rejects(load('out/model.json'), (error: Error) => {
        assert.equal(error.name, 'InputError');
        assert.match(error.message, message);
        assert.ok(
          error.message.includes(path.join('out', 'model.json')) || /there is no file/.test(error.message),
        );
        return true;
      });
    const shard = (): string => path.join(folder, 'out/group1-shard1of1.bin');
    const point = (to: string): void => edit((json) => (json.weightsManifest![0]!.paths = [to]));

    beforeEach(() => exportModel(model, path.join(folder, 'out'), metadata));

    it('is refused when a file is too short, too long or missing', async () => {
      const bytes = fs.readFileSync(shard());
      fs.writeFileSync(shard(), bytes.subarray(1));
      await refuses(
        new RegExp(`take ${bytes.length} bytes, but group1-shard1of1\\.bin holds ${bytes.length - 1}`),
      );
      fs.writeFileSync(shard(), Buffer.concat([bytes, bytes]));
      await refuses(/holds/);
      fs.rmSync(shard());
      await refuses(/there is no file .*group1-shard1of1\.bin/);
    });

    it('is refused when a path leads out of the folder', async () => {
      const outside = path.join(folder, 'secret.bin');
      fs.copyFileSync(shard(), outside);
      for (const to of ['../secret.bin', outside, 'x/../../secret.bin', 'file:///etc/passwd/../../x']) {
        point(to);
        await refuses(/leads out of the folder|there is no file/);
      }
    });

    it('is refused when a file is a link that leads out of the folder', async () => {
      const outside = path.join(folder, 'secret.bin');
      fs.renameSync(shard(), outside);
      fs.symlinkSync(outside, shard());
      await refuses(/"group1-shard1of1\.bin" leads out of the folder/);
    });

    it('is refused when it is no JSON, no model, a graph model or of unknown layers', async () => {
      edit((json) => delete json.weightsManifest);
      await refuses(/is not a TensorFlow\.js layers model: \/weightsManifest/);
      edit((json) => Object.assign(json, { format: 'graph-model' }));
      await refuses(/is a graph model/);
      fs.writeFileSync(saved('out'), '{"a":');
      await refuses(/is not JSON/);
      await exportModel(model, path.join(folder, 'out'), metadata);
      edit((json) => (json.modelTopology.config.layers[1]!.class_name = 'Conv2X'));
      await refuses(/cannot be loaded: Unknown layer: Conv2X/);
    });

    it('is refused when its shapes are not those of the layers', async () => {
      edit((json) => (json.weightsManifest![0]!.weights[0]!.shape = [81]));
      await refuses(/cannot be loaded: Shape mismatch/);
    });
  });

  it('takes no arguments, and must fit the images and classes', async () => {
    await exportModel(model, path.join(folder, 'out'), metadata);
    const refuses = (changes: Parameters<typeof load>[1], message: RegExp) =>
      assert.rejects(load('out/model.json', changes), { name: 'InputError', message });
    await refuses({ args: { width: 3 } }, /takes no arguments, but "args" has "width"/);
    await refuses({ classes: 4 }, /model\.json: the model gives \[3\], but the data has 4 classes/);
    await refuses({ inputShape: [10, 12, 3] }, /model\.json: the model takes \[12, 12, 3\]/);
  });
});
