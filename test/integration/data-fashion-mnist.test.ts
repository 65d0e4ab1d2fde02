import assert from 'node:assert/strict';
import { retortHome } from '../../src/common/home';
import type { Dataset, Image, Split } from '../../src/data/dataset';
import { measureNormalization } from '../../src/data/normalization';
import { openDataset } from '../../src/data/open';

/** The published sets themselves, fetched into the user's cache the first time. */
describe('published datasets', function () {
  this.timeout(600_000);

  async function open(context: Mocha.Context, format: string): Promise<Dataset> {
    try {
      return await openDataset({ format }, { base: '.', home: retortHome() });
    } catch (error) {
      if (/ENOTFOUND|ECONNREFUSED|EAI_AGAIN|ETIMEDOUT|ENETUNREACH/.test(String(error))) context.skip();
      throw error;
    }
  }

  function bytesOf(split: Split, index: number): Buffer {
    return Buffer.from((split.read(index) as Image).data);
  }

  function countByClass({ labels }: Split): number[] {
    const counts = Array<number>(10).fill(0);
    for (const label of labels) counts[label]! += 1;
    return counts;
  }

  it('Fashion-MNIST: the split of the first release', async function () {
    const { train, test, imageShape, classNames } = await open(this, 'fashion-mnist');
    assert.deepEqual(imageShape, [28, 28, 1]);
    assert.equal(classNames[9], 'Ankle boot');
    assert.deepEqual(countByClass(train), Array(10).fill(6000));
    assert.deepEqual(countByClass(test!), Array(10).fill(1000));

    // As counted in that release: zalandoresearch/fashion-mnist, issue 44.
    const seen = new Map<string, 'train' | 'test'>();
    const duplicates = { test: 0, train: 0, across: 0 };
    for (const [name, split] of [
      ['test', test!],
      ['train', train],
    ] as const) {
      for (let index = 0; index < split.labels.length; index++) {
        const key = bytesOf(split, index).toString('latin1');
        const other = seen.get(key);
        if (other === name) duplicates[name] += 1;
        else if (other !== undefined) duplicates.across += 1;
        else seen.set(key, name);
      }
    }
    assert.deepEqual(duplicates, { test: 1, train: 43, across: 10 });
  });

  it('Fashion-MNIST: labels belong to their images', async function () {
    const { train, test } = await open(this, 'fashion-mnist');
    // The image that opens the published training files of today: an ankle boot, its fourth row.
    const row = Buffer.of(
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      0,
      1,
      0,
      0,
      13,
      73,
      0,
      0,
      1,
      4,
      0,
      0,
      0,
      0,
      1,
      1,
      0,
    );
    const found = [train, test!].flatMap((split) =>
      Array.from(split.labels).filter((_, index) => bytesOf(split, index).subarray(84, 112).equals(row)),
    );
    assert.deepEqual(found, [9]);
  });

  it('MNIST: counts and the published mean and deviation', async function () {
    const { train, test, normalization } = await open(this, 'mnist');
    // LeCun's page does not count by digit; these are the counts of the published label file.
    assert.deepEqual(countByClass(train), [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    assert.deepEqual(countByClass(test!), [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    // The first digit of the training files is a five.
    assert.equal(train.labels[0], 5);
    const all = Buffer.concat(Array.from(train.labels, (_, index) => bytesOf(train, index)));
    const measured = measureNormalization(all, 1);
    assert.ok(Math.abs(measured.mean[0]! - 0.1307) < 5e-5 && Math.abs(measured.std[0]! - 0.3081) < 5e-5);
    assert.deepEqual(normalization, { mean: [0.1307], std: [0.3081] });
  });
});
