import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { randomSource } from '../../src/common/random';
import { ready } from '../../src/engine/backends';
import { buildModel } from '../../src/engine/models/build';
import { FeatureComparison } from '../../src/engine/train/feature-comparison';
import { methods } from '../../src/engine/methods/registry';
import { hookPairs } from '../../src/recipe/hook-pairs';
import { createHookTerms } from '../../src/engine/train/hook-term';
import { linearCka } from '../../src/engine/train/similarity';

const near = (actual: number, expected: number, tolerance = 1e-12): void =>
  assert.ok(Math.abs(actual - expected) < tolerance, `${actual} is not ${expected}`);

type Matrix = readonly (readonly number[])[];

const gram = (rows: Matrix): number[] =>
  rows.flatMap((one) =>
    rows.map((other) => one.reduce((sum, value, index) => sum + value * other[index]!, 0)),
  );

describe('linear CKA', () => {
  it('is what numpy gives by the other form of the estimator', () => {
    const file = path.join(__dirname, '../fixtures/cka/cka.json');
    const { cases } = JSON.parse(fs.readFileSync(file, 'utf8')) as {
      cases: { x: Matrix; y: Matrix; cka: number }[];
    };
    assert.equal(cases.length, 4);
    for (const { x, y, cka } of cases) near(linearCka(gram(x), gram(y), x.length), cka, 1e-9);
  });

  it('is 1 for features that are turned, scaled and shifted', () => {
    const random = randomSource('cka');
    const rows = Array.from({ length: 12 }, () => [random(), random()]);
    const [cosine, sine] = [Math.cos(1), Math.sin(1)];
    const moved = rows.map(([x, y]) => [
      3 * (cosine * x! - sine * y!) + 100,
      3 * (sine * x! + cosine * y!) - 20,
    ]);
    near(linearCka(gram(rows), gram(moved), rows.length), 1, 1e-6);
  });

  it('is about 0 for unrelated features, however many values they have', () => {
    const random = randomSource('unrelated');
    const features = (): Matrix =>
      Array.from({ length: 40 }, () => Array.from({ length: 2000 }, () => random() - random()));
    // With the biased estimator: above 0.95.
    near(linearCka(gram(features()), gram(features()), 40), 0, 0.1);
  });

  it('is not a number where nothing varies', () => {
    assert.ok(Number.isNaN(linearCka(gram([[1], [1], [1], [1]]), gram([[1], [2], [3], [4]]), 4)));
  });
});

describe('comparing the features of hooks', () => {
  before(() => ready());

  const build = (filters: number, seed: number) =>
    buildModel(
      () => {
        const input = tf.input({ shape: [6, 6, 1] });
        const map = tf.layers.conv2d({ filters, kernelSize: 3, name: 'map' }).apply(input);
        const pooled = tf.layers.globalAveragePooling2d({}).apply(map);
        const output = tf.layers.dense({ units: 3, name: 'head' }).apply(pooled) as tf.SymbolicTensor;
        return tf.model({ inputs: input, outputs: output });
      },
      { inputShape: [6, 6, 1], classes: 3 },
      { seed },
    );
  const shape = [10, 6, 6, 1] as const;
  const random = randomSource('images');
  const images = Float32Array.from({ length: 360 }, () => random());
  const hooks = [
    { method: 'kd', weight: 1, options: {} },
    { method: 'fitnets', student: 'map', teacher: 'map', weight: 1, options: {} },
  ];
  const compare = async (filters: [number, number], seeds: [number, number]) => {
    const [student, teacher] = [build(filters[0], seeds[0]), build(filters[1], seeds[1])];
    const cohort = { student, teachers: new Map([['teacher', { model: teacher, learns: false }]]) };
    const terms = createHookTerms(hookPairs({ hooks }, methods), cohort, shape[0], 0);
    const before = tf.memory().numTensors;
    const similarities = await new FeatureComparison(terms, cohort, { images, shape }).measure();
    assert.equal(tf.memory().numTensors, before, 'tensors are left');
    return { student, teacher, similarities };
  };

  it('finds a model like itself', async () => {
    const { similarities } = await compare([4, 4], [5, 5]);
    for (const name of ['kd', 'fitnets@map']) {
      near(similarities[name]!.cka, 1, 1e-4);
      near(similarities[name]!.cosine!, 1, 1e-5);
    }
  });

  it('compares maps of different channels by CKA alone, logits by both', async () => {
    const { student, teacher, similarities } = await compare([4, 7], [1, 2]);
    assert.equal(similarities['fitnets@map']!.cosine, undefined);
    const logits = [student, teacher].map(({ network }) =>
      (network.predict(tf.tensor4d(images, [...shape])) as tf.Tensor2D).arraySync(),
    );
    near(similarities.kd!.cka, linearCka(gram(logits[0]!), gram(logits[1]!), 10), 1e-3);
    const cosines = logits[0]!.map((row, index) => {
      const other = logits[1]![index]!;
      const dot = (one: number[], two: number[]): number => gram([one, two])[1]!;
      return dot(row, other) / Math.sqrt(dot(row, row) * dot(other, other));
    });
    near(similarities.kd!.cosine!, cosines.reduce((sum, value) => sum + value, 0) / 10, 1e-5);
  });
});
