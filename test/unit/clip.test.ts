import * as assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { ready } from '../../src/engine/backends';
import { clipGradients } from '../../src/engine/train/clip';

/** Clips the gradients { a: [3, -4], b: [[12]] }, of norm 13, and gives all entries. */
function clip(settings: { norm?: number; value?: number }): number[] {
  return tf.tidy(() => {
    const clipped = clipGradients({ a: tf.tensor1d([3, -4]), b: tf.tensor2d([[12]]) }, settings);
    assert.deepEqual(clipped.b!.shape, [1, 1]);
    return [...clipped.a!.dataSync(), ...clipped.b!.dataSync()];
  });
}

function assertNear(actual: number[], expected: number[]): void {
  actual.forEach((value, index) =>
    assert.ok(Math.abs(value - expected[index]!) < 1e-5, `${actual.join(' ')}`),
  );
}

describe('clipping', () => {
  before(() => ready());

  it('scales all gradients together to the norm', () => {
    assertNear(clip({ norm: 6.5 }), [1.5, -2, 6]);
  });

  it('never scales up', () => {
    assertNear(clip({ norm: 14 }), [3, -4, 12]);
  });

  it('bounds each entry', () => {
    assertNear(clip({ value: 3.5 }), [3, -3.5, 3.5]);
  });

  it('keeps both bounds when given both', () => {
    const entries = clip({ norm: 2, value: 3.5 });
    assert.ok(Math.abs(Math.hypot(...entries) - 2) < 1e-5);
    assertNear(
      entries,
      [3, -3.5, 3.5].map((entry) => (entry * 2) / Math.hypot(3, 3.5, 3.5)),
    );
  });

  it('adds 1e-6 to the norm, as PyTorch does', () => {
    tf.tidy(() => {
      const { a } = clipGradients({ a: tf.tensor1d([1e-6]) }, { norm: 5e-7 });
      assert.ok(Math.abs(a!.dataSync()[0]! - 2.5e-7) < 1e-12);
    });
  });

  it('survives gradients of nothing but zeros', () => {
    tf.tidy(() => {
      const { a } = clipGradients({ a: tf.zeros([2]) }, { norm: 1 });
      assert.deepEqual([...a!.dataSync()], [0, 0]);
    });
  });
});
