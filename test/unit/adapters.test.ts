import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { ready } from '../../src/engine/backends';
import { methods } from '../../src/engine/methods/registry';
import { createHookTerms, type HookTerm } from '../../src/engine/train/hook-term';
import type { Model } from '../../src/engine/models/model';
import { hookPairs } from '../../src/recipe/hook-pairs';
import type { AdapterName, Hook } from '../../src/recipe/schema';

type Shape = readonly number[];

/** A model of one layer, which gives what a hook sees. */
function modelOf(shape: Shape): Model {
  const input = tf.input({ shape: [...shape] });
  const output = tf.layers.activation({ activation: 'linear' }).apply(input) as tf.SymbolicTensor;
  const network = tf.model({ inputs: input, outputs: output });
  return { network, layer: () => network.layers.at(-1)! } as unknown as Model;
}

function hook(method: string, student: Shape, teacher: Shape, adapter?: Hook['adapter']): HookTerm {
  const layers = method === 'kd' ? {} : { student: 'inner', teacher: 'outer' };
  const description: Hook = { method, weight: 1, options: {}, ...layers, ...(adapter && { adapter }) };
  const models = {
    student: modelOf(student),
    teachers: new Map([['teacher', { model: modelOf(teacher), learns: false }]]),
  };
  return createHookTerms(hookPairs({ hooks: [description] }, methods), models, 2, 0)[0]!;
}

const map = {
  larger: [8, 6, 5],
  smaller: [4, 3, 7],
  same: [8, 6, 7],
  odd: [5, 4, 7],
  vector: [9],
  short: [4],
};

describe('adapters', () => {
  before(() => ready());

  it('stay away where the method takes the shapes', () => {
    assert.equal(hook('ct', map.larger, map.same).adapter, undefined);
    assert.equal(hook('pkd', map.smaller, map.same).adapter, undefined);
  });

  const chosen: [string, string, Shape, Shape, RegExp][] = [
    ['other channels', 'cwd', map.larger, map.same, /^1x1 convolution, 5 to 7 channels$/],
    ['a smaller teacher', 'ct', map.same, map.odd, /^average pooling from 8 x 6 to 5 x 4$/],
    ['both', 'tat', map.larger, map.smaller, /^average pooling from 8 x 6 to 4 x 3, then 1x1 .* 5 to 7/],
    [
      'a larger teacher',
      'cankd',
      map.smaller,
      map.larger,
      /^bilinear resizing from 4 x 3 to 8 x 6, then 1x1/,
    ],
    ['longer vectors', 'pad', map.short, map.vector, /^linear layer, 4 to 9 channels$/],
  ];
  for (const [what, method, student, teacher, expected] of chosen) {
    it(`are chosen for ${what}`, () => assert.match(hook(method, student, teacher).adapter!, expected));
  }

  const named: [AdapterName, Shape, Shape][] = [
    ['conv1x1', map.larger, map.same],
    ['conv3x3', map.larger, map.same],
    ['strided', map.larger, map.smaller],
    ['transposed', map.smaller, map.larger],
    ['pool', map.larger, map.odd],
    ['bilinear', map.odd, map.larger],
    ['linear', map.short, map.vector],
  ];
  for (const [name, student, teacher] of named) {
    it(`${name} brings one shape to the other, and learns`, () => {
      const { method, adapter } = hook(name === 'linear' ? 'pad' : 'ct', student, teacher, name);
      assert.ok(adapter);
      const features = tf.variable(tf.randomNormal([2, ...student], 0, 1, 'float32', 1));
      const target = tf.randomNormal([2, ...teacher], 0, 1, 'float32', 2);
      const loss = (): tf.Scalar => method.loss({ student: features, teacher: target });
      const { value, grads } = tf.variableGrads(loss, [features, ...Object.values(method.weights)]);
      for (const [weight, variable] of Object.entries({ features, ...method.weights })) {
        // A batch normalisation takes out the bias in front of it.
        if (weight === 'variance/bias') continue;
        assert.ok(tf.max(tf.abs(grads[variable.name]!)).dataSync()[0]! > 0, weight);
      }
      tf.dispose([value, grads, features, target]);
      method.dispose();
    });
  }

  it('never mix classes', () => {
    assert.throws(() => hook('kd', [10], [100]), /kd compares logits/);
    assert.throws(() => hook('kd', [10], [100], 'linear'), /adapter "linear" cannot bring \[10\] to \[100\]/);
  });

  it('are named by the error where the hook forbids them, with both shapes', () => {
    assert.throws(
      () => hook('tat', map.larger, map.smaller, 'none'),
      /\[8, 6, 5\].*\[4, 3, 7\].*let the adapter "pool" help/,
    );
  });

  it('that cannot help are refused, with those that can', () => {
    assert.throws(() => hook('tat', map.same, map.odd, 'strided'), {
      message: /"strided" cannot bring \[8, 6, 7\] to \[5, 4, 7\].*pool.*bilinear/,
    });
  });
});
