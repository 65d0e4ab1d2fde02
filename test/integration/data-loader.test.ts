import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Batch } from '../../src/data/batch';
import { type Data, openData } from '../../src/data/loader';
import type { Recipe } from '../../src/recipe/schema';
import {
  inputError,
  recipeData,
  temporaryFolder,
  writeIdxDataset,
  writePlainImage,
} from '../unit/data-helpers';

describe('data loader', () => {
  const folder = temporaryFolder();
  const opened: Data[] = [];
  const source = { format: 'idx', path: '.' };

  afterEach(async () => {
    for (const data of opened.splice(0)) await data.close();
  });

  async function open(data: Recipe['data']): Promise<Data> {
    const result = await openData(data, { base: folder.path, home: path.join(folder.path, 'home') });
    opened.push(result);
    return result;
  }

  /** The images of the batch as the numbers that `writeIdxDataset` gave them. */
  function imageNumbers(
    { images, shape }: Batch,
    { mean, std }: { mean: readonly number[]; std: readonly number[] },
  ): number[] {
    const [size, height, width, channels] = shape;
    return Array.from(
      { length: size },
      (_, position) =>
        Math.round((images[position * height * width * channels]! * std[0]! + mean[0]!) * 255) / 10 + 0,
    );
  }

  it('tells what the data is, with the counts after split and limits', async () => {
    writeIdxDataset(folder.path, 25, 4);
    const { info } = await open(
      recipeData(source, { train: { limit: 15 }, validation: { fraction: 0.2, splitSeed: 1 } }),
    );
    assert.deepEqual(info.samples, { train: 15, validation: 5, test: 4 });
    assert.deepEqual(info.imageShape, [2, 3, 1]);
    assert.deepEqual(info.classNames, ['0', '1', '2']);
  });

  it('training sees every image once an epoch, save those of the last incomplete batch', async () => {
    writeIdxDataset(folder.path, 25);
    const data = await open(recipeData(source));
    const batches = data.batches({ split: 'train', batchSize: 5, seed: 3 });
    assert.equal(data.info.samples.train, 22);
    assert.equal(batches.batchesPerEpoch, 4);
    const epochs: number[][] = [];
    for (let epoch = 0; epoch < 3; epoch++) {
      const ids: number[] = [];
      for (let index = 0; index < 4; index++) {
        const batch = await batches.next(epoch, index);
        assert.deepEqual(batch.shape, [5, 2, 3, 1]);
        assert.equal(batch.images.length, 30);
        batch.sampleIds.forEach((id, position) => assert.equal(batch.labels[position], id % 3));
        assert.deepEqual(imageNumbers(batch, data.info.normalization), [...batch.sampleIds]);
        ids.push(...batch.sampleIds);
      }
      assert.equal(new Set(ids).size, 20);
      epochs.push(ids);
    }
    assert.notDeepEqual(epochs[0], epochs[1]);
    assert.notDeepEqual(epochs[1], epochs[2]);
  });

  it('evaluation keeps the order and all images, and does not augment', async () => {
    writeIdxDataset(folder.path, 25, 7);
    const data = await open(recipeData(source, { augment: [{ type: 'flip', probability: 1 }] }));
    const test = data.batches({ split: 'test', batchSize: 3 });
    assert.equal(test.batchesPerEpoch, 3);
    const numbers: number[] = [];
    for (let index = 0; index < 3; index++) {
      numbers.push(...imageNumbers(await test.next(0, index), data.info.normalization));
    }
    assert.deepEqual(numbers, [0, 1, 2, 3, 4, 5, 6]);

    const train = data.batches({ split: 'train', batchSize: 4 });
    const held = data.batches({ split: 'validation', batchSize: 8 });
    const plain = data.batches({ split: 'train', batchSize: 100, training: false });
    const first = await train.next(0, 0);
    assert.deepEqual(
      imageNumbers(first, data.info.normalization),
      [...first.sampleIds].map((id) => id + 0.2),
      'a flipped image begins with its last column',
    );
    const ids = [...(await held.next(0, 0)).sampleIds, ...(await plain.next(0, 0)).sampleIds];
    assert.deepEqual(
      ids.sort((a, b) => a - b),
      Array.from({ length: 25 }, (_, index) => index),
    );
  });

  it('the same place has the same content, whatever was asked for before', async () => {
    writeIdxDataset(folder.path, 60);
    const data = await open(
      recipeData(source, {
        augment: [
          { type: 'flip' },
          { type: 'crop', padding: 1 },
          { type: 'cutout', length: 1 },
          { type: 'mixup' },
        ],
      }),
    );
    const settings = { split: 'train', batchSize: 6, seed: 11 } as const;
    const through = data.batches(settings);
    const seen = new Map<string, Batch>();
    for (let epoch = 0; epoch < 2; epoch++) {
      for (let index = 0; index < 9; index++) seen.set(`${epoch}/${index}`, await through.next(epoch, index));
    }
    const resumed = data.batches(settings);
    for (const [epoch, index] of [
      [1, 5],
      [1, 6],
      [0, 8],
      [1, 0],
      [0, 0],
    ] as const) {
      assert.deepEqual(await resumed.next(epoch, index), seen.get(`${epoch}/${index}`));
    }
    const other = await data.batches({ ...settings, seed: 12 }).next(0, 0);
    assert.notDeepEqual(other.images, seen.get('0/0')!.images);
  });

  it('an image is augmented anew in every epoch, and alike for every batch size', async () => {
    writeIdxDataset(folder.path, 40);
    const data = await open(recipeData(source, { augment: [{ type: 'crop', padding: 1 }] }));
    const imagesOf = async (batchSize: number, epoch: number): Promise<Map<number, string>> => {
      const batches = data.batches({ split: 'train', batchSize, seed: 1 });
      const images = new Map<number, string>();
      for (let index = 0; index < batches.batchesPerEpoch; index++) {
        const batch = await batches.next(epoch, index);
        batch.sampleIds.forEach((id, position) =>
          images.set(id, batch.images.subarray(6 * position, 6 * position + 6).join()),
        );
      }
      return images;
    };
    const small = await imagesOf(4, 0);
    assert.deepEqual(await imagesOf(12, 0), small);
    const later = await imagesOf(12, 1);
    const changed = [...small].filter(([id, image]) => later.get(id) !== image).length;
    assert.ok(changed > 18, `${changed} of 36 changed; 8 of 9 are expected`);
  });

  it('a ready batch is taken while the event loop stands still', async () => {
    writeIdxDataset(folder.path, 60);
    const data = await open(recipeData(source));
    const batches = data.batches({ split: 'train', batchSize: 6, seed: 0 });
    await batches.next(0, 0);
    assert.ok(batches.takeWaitedMs() > 0, 'the first batch was waited for');
    assert.equal(batches.takeWaitedMs(), 0);
    // As a step of TensorFlow: this thread does nothing else for a while, and the loader's goes on.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
    let eventLoopCameBy = false;
    setImmediate(() => (eventLoopCameBy = true));
    for (let index = 1; index < 4; index++) await batches.next(0, index);
    assert.equal(eventLoopCameBy, false);
    assert.equal(batches.takeWaitedMs(), 0);
  });

  it('errors of opening come out with their own sentence', async () => {
    writeIdxDataset(folder.path, 9);
    const rejected: [Recipe['data'], ...string[]][] = [
      [recipeData({ format: 'idx', path: 'gone' }), path.join(folder.path, 'gone'), 'no such file'],
      [recipeData(source, { augment: [{ type: 'flp' }] }), 'data.augment[0]', 'did you mean "flip"?'],
      [recipeData(source, { normalize: { mean: [0, 0], std: [1, 1] } }), 'data.normalize.mean: 2 values'],
    ];
    for (const [data, ...parts] of rejected) await assert.rejects(open(data), inputError(...parts));
  });

  it('fewer images than a batch are refused for training, not for evaluation', async () => {
    writeIdxDataset(folder.path, 9);
    const data = await open(recipeData(source, { train: { limit: 3 } }));
    assert.throws(
      () => data.batches({ split: 'train', batchSize: 4 }),
      inputError('3 training images', 'batch of 4'),
    );
    assert.equal(data.batches({ split: 'train', batchSize: 4, training: false }).batchesPerEpoch, 1);
    assert.equal(data.batches({ split: 'test', batchSize: 4 }).batchesPerEpoch, 0);
  });

  it('an image that does not decode comes out of the batch that holds it, and of no other', async () => {
    for (const name of ['a', 'b']) {
      for (let index = 0; index < 4; index++) {
        await writePlainImage(path.join(folder.path, name, `${index}.png`), 20, 30, [index * 50, 9, 200]);
      }
    }
    const broken = path.join(folder.path, 'b', '1.png');
    const bytes = fs.readFileSync(broken);
    fs.writeFileSync(broken, bytes.subarray(0, bytes.length - 40));
    const images = { format: 'image-folder', path: '.', size: 16 };
    const data = await open(
      recipeData(images, {
        validation: { fraction: 0, splitSeed: 0 },
        augment: [{ type: 'random-resized-crop' }, { type: 'color-jitter' }],
      }),
    );
    const batches = data.batches({ split: 'train', batchSize: 1, seed: 0 });
    let failed = 0;
    for (let index = 0; index < 8; index++) {
      await batches.next(0, index).then(
        (batch) => assert.deepEqual(batch.shape, [1, 16, 16, 3]),
        (error: unknown) => {
          inputError(broken, 'cannot be decoded')(error);
          failed += 1;
        },
      );
    }
    assert.equal(failed, 1);
  });

  it('closing rejects what is still waited for, and lets the process end', async () => {
    writeIdxDataset(folder.path, 60);
    const data = await open(recipeData(source));
    const batches = data.batches({ split: 'train', batchSize: 6, seed: 0 });
    const waiting = assert.rejects(batches.next(0, 0), /closed/);
    await data.close();
    await waiting;
    await assert.rejects(batches.next(0, 1), /closed/);

    const script = `
      const { openData } = require(${JSON.stringify(path.resolve('src/data/loader'))});
      const data = ${JSON.stringify(recipeData(source))};
      openData(data, { base: '.', home: '.' }).then(async (opened) => {
        await opened.batches({ split: 'train', batchSize: 6 }).next(0, 0);
        await opened.close();
        console.log('closed');
      });`;
    const child = spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: folder.path,
      env: { ...process.env, NODE_PATH: path.resolve('node_modules') },
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    const [status] = (await once(child, 'close')) as [number | null];
    assert.equal(status, 0);
    assert.equal(output.trim(), 'closed');
  });
});
