import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { ready } from '../../src/engine/backends';
import { adaptiveAveragePool, resizeBilinear } from '../../src/engine/operations/resample';
import type { StoredTensor } from '../parity/fixture';

interface Case {
  readonly kind: 'pool' | 'bilinear';
  readonly maps: StoredTensor;
  readonly result: StoredTensor;
  readonly gradient: StoredTensor;
}

const file = path.join(__dirname, '../fixtures/pytorch/resampling.json');
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] };

describe('resampling', () => {
  before(() => ready());

  for (const { kind, maps, result, gradient } of cases) {
    it(`${kind} from ${maps.shape.slice(1, 3).join('x')} to ${result.shape.slice(1, 3).join('x')} is PyTorch's`, () => {
      const resample = kind === 'pool' ? adaptiveAveragePool : resizeBilinear;
      const [height, width] = result.shape.slice(1, 3) as [number, number];
      tf.tidy(() => {
        const input = tf.tensor4d(maps.data, maps.shape as [number, number, number, number]);
        const resampled = resample(input, height, width);
        assert.deepEqual(resampled.shape, result.shape);
        assertClose(resampled, result);
        const squares = (of: tf.Tensor): tf.Tensor =>
          tf.sum(tf.square(resample(of as tf.Tensor4D, height, width)));
        assertClose(tf.grad(squares)(input), gradient);
      });
    });
  }
});

function assertClose(actual: tf.Tensor, expected: StoredTensor): void {
  actual.dataSync().forEach((value, index) => {
    assert.ok(Math.abs(value - expected.data[index]!) < 1e-5, `${index}: ${value}`);
  });
}
