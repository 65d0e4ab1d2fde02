import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { ready } from '../../src/engine/backends';
import { fitImages } from '../../src/engine/models/input-size';
import { reduceImages } from '../../src/engine/operations/reduce-images';
import type { StoredTensor } from '../parity/fixture';

const file = path.join(__dirname, '../fixtures/pytorch/reductions.json');
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as {
  cases: { readonly images: StoredTensor; readonly reduced: StoredTensor }[];
};

function imagesOf({ data, shape }: StoredTensor): tf.Tensor4D {
  return tf.tensor4d(data, shape as [number, number, number, number]);
}

describe('images made smaller', () => {
  before(() => ready());

  for (const { images, reduced } of cases) {
    const [, height, width] = reduced.shape as [number, number, number, number];
    it(`from ${images.shape.slice(1).join('x')} to ${height}x${width} are PyTorch's, anti-aliased`, () => {
      tf.tidy(() => {
        const ours = reduceImages(imagesOf(images), height, width);
        assert.deepEqual(ours.shape, reduced.shape);
        ours.dataSync().forEach((value, index) => {
          assert.ok(Math.abs(value - reduced.data[index]!) < 1e-5, `${index}: ${value}`);
        });
      });
    });
  }

  it('average a pattern that is finer than their pixels, where one pixel in two would show it', () => {
    tf.tidy(() => {
      const stripes = tf.tile(tf.tensor4d([0, 1], [1, 1, 2, 1]), [1, 8, 8, 1]);
      const inner = tf.slice(reduceImages(stripes, 4, 8), [0, 0, 1, 0], [1, 4, 6, 1]);
      for (const value of inner.dataSync()) assert.ok(Math.abs(value - 0.5) < 1e-6, String(value));
    });
  });

  it('are made for models that take smaller ones, and left alone for others', () => {
    const modelOf = (shape: (number | null)[]): { network: tf.LayersModel } => {
      const inputs = tf.input({ shape });
      return {
        network: tf.model({ inputs, outputs: tf.layers.flatten().apply(inputs) as tf.SymbolicTensor }),
      };
    };
    tf.tidy(() => {
      const images = tf.ones<tf.Rank.R4>([2, 6, 4, 1]);
      assert.deepEqual(fitImages(images, modelOf([3, 2, 1])).shape, [2, 3, 2, 1]);
      assert.deepEqual(fitImages(images, modelOf([6, 2, 1])).shape, [2, 6, 2, 1]);
      assert.equal(fitImages(images, modelOf([6, 4, 1])), images);
    });
  });
});
