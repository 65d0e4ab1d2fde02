import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { ready } from '../../src/engine/backends';
import { classificationLoss } from '../../src/engine/tasks/classification-loss';
import { drawMixing, mixByUncertainty } from '../../src/engine/train/uncertainty-mixup';
import { keptImages } from '../../src/recipe/mixing';
import type { StoredTensor } from '../parity/fixture';

interface Case {
  readonly settings: Parameters<typeof mixByUncertainty>[2];
  readonly images: StoredTensor;
  readonly labels: number[];
  readonly logits: StoredTensor;
  readonly partners: number[];
  readonly strength: number;
  readonly mixed: StoredTensor;
  readonly studentLogits: StoredTensor;
  readonly loss: number;
}

const file = path.join(__dirname, '../fixtures/pytorch/uncertainty-mixup.json');
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] };

describe('uncertainty-aware mixup', () => {
  before(() => ready());

  for (const each of cases) {
    it(`mixes and weighs labels by the ${each.settings.uncertainty} as the authors' code does`, () => {
      tf.tidy(() => {
        const draw = { partners: Int32Array.from(each.partners), strength: each.strength };
        const batch = batchOf(each);
        const mixed = mixByUncertainty(batch, matrix(each.logits), each.settings, draw);
        assert.deepEqual(mixed.images.shape, each.mixed.shape);
        mixed.images.dataSync().forEach((value, index) => {
          assert.ok(Math.abs(value - each.mixed.data[index]!) < 1e-5, `${index}: ${value}`);
        });
        const loss = classificationLoss(matrix(each.studentLogits), mixed.labels, {
          labelSmoothing: 0,
          mixed: mixed.mixed!,
        });
        assert.ok(Math.abs(loss.dataSync()[0]! - each.loss) < 1e-5);
        // The ids go with the labels; in the test an image's id is ten times its place.
        const ofIds = [...mixed.sampleIds.dataSync()].map((id) => each.labels[id / 10]);
        assert.deepEqual([...mixed.labels.dataSync()], ofIds);
      });
    });
  }

  it('keeps the share that it is told to, of 64 images the published 48, and at least one', () => {
    const settings = { kept: 0.75, midpoint: 0.5, steepness: 10, uncertainty: 'entropy' } as const;
    assert.equal(keptImages(settings, 64), 48);
    assert.equal(keptImages({ ...settings, kept: 1 }, 64), 64);
    assert.equal(keptImages({ ...settings, kept: 0.01 }, 8), 1);
  });

  it('draws a permutation and a strength from the seed alone', () => {
    const [one, same, other] = ['1/step/3/0', '1/step/3/0', '1/step/4/0'].map((seed) => drawMixing(64, seed));
    assert.deepEqual(one, same);
    assert.notDeepEqual(one!.partners, other!.partners);
    assert.deepEqual(
      [...one!.partners].sort((a, b) => a - b),
      Array.from({ length: 64 }, (_, place) => place),
    );
    assert.ok(one!.strength >= 0 && one!.strength < 1);
  });
});

function batchOf({ images, labels }: Case): Parameters<typeof mixByUncertainty>[0] {
  return {
    images: tf.tensor4d(images.data, images.shape as [number, number, number, number]),
    labels: tf.tensor1d(labels, 'int32'),
    sampleIds: tf.tensor1d(
      labels.map((_, place) => 10 * place),
      'int32',
    ),
  };
}

function matrix({ data, shape }: StoredTensor): tf.Tensor2D {
  return tf.tensor2d(data, shape as [number, number]);
}
