import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { ready } from '../../src/engine/backends';
import { rotations, upright } from '../../src/engine/train/views';

describe('turned views', () => {
  before(() => ready());

  it('are all upright images, then all turned by 90, by 180 and by 270 degrees, counter-clockwise', () => {
    tf.tidy(() => {
      // numpy.rot90 of [[1, 2], [3, 4]] and of [[5, 6], [7, 8]], by hand; the second channel is ten times the first.
      const first = [1, 2, 3, 4, 5, 6, 7, 8];
      const images = tf.tensor4d(
        first.flatMap((value) => [value, 10 * value]),
        [2, 2, 2, 2],
      );
      const turned = [
        [1, 2, 3, 4],
        [5, 6, 7, 8],
        [2, 4, 1, 3],
        [6, 8, 5, 7],
        [4, 3, 2, 1],
        [8, 7, 6, 5],
        [3, 1, 4, 2],
        [7, 5, 8, 6],
      ].flat();
      const views = rotations(images);
      assert.deepEqual(views.shape, [8, 2, 2, 2]);
      assert.deepEqual(
        [...views.dataSync()],
        turned.flatMap((value) => [value, 10 * value]),
      );
      const kept = upright(new Map([['layer', views]]), 2).get('layer')!;
      assert.deepEqual([...kept.dataSync()], [...images.dataSync()]);
    });
  });
});
