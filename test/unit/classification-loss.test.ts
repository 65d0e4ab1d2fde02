import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { ready } from '../../src/engine/backends';
import { classificationLoss } from '../../src/engine/tasks/classification-loss';
import type { StoredTensor } from '../parity/fixture';

/** Loss and gradient of PyTorch's cross-entropy: `scripts/fixtures/pytorch.py`. */
interface Fixture {
  readonly labels: number[];
  readonly mixed: { readonly labels: number[]; readonly lambda: number[] };
  readonly cases: {
    readonly logits: StoredTensor;
    readonly labelSmoothing: number;
    readonly mixed: boolean;
    readonly loss: number;
    readonly gradient: StoredTensor;
  }[];
}

const fixture = JSON.parse(
  fs.readFileSync(path.join(__dirname, '../fixtures/pytorch/cross-entropy.json'), 'utf8'),
) as Fixture;

describe('the classification loss', () => {
  before(() => ready());

  for (const each of fixture.cases) {
    const far = Math.max(...each.logits.data) > 100 ? ', logits far apart' : '';
    const mixup = each.mixed ? ', mixup' : '';
    it(`is PyTorch's: smoothing ${each.labelSmoothing}${mixup}${far}`, () => {
      tf.tidy(() => {
        const labels = tf.tensor1d(fixture.labels, 'int32');
        const mixed = {
          labels: tf.tensor1d(fixture.mixed.labels, 'int32'),
          lambda: tf.tensor1d(fixture.mixed.lambda),
        };
        const logits = tf.tensor2d(each.logits.data, each.logits.shape as [number, number]);
        const { value, grad } = tf.valueAndGrad((asked: tf.Tensor) =>
          classificationLoss(asked as tf.Tensor2D, labels, {
            labelSmoothing: each.labelSmoothing,
            ...(each.mixed && { mixed }),
          }),
        )(logits);
        assert.ok(Math.abs(value.dataSync()[0]! - each.loss) <= 1e-5 * each.loss);
        const gradient = grad.dataSync();
        each.gradient.data.forEach((entry, index) => assert.ok(Math.abs(gradient[index]! - entry) <= 1e-5));
      });
    });
  }
});
