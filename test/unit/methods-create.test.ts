import * as assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { ready } from '../../src/engine/backends';
import type { Shape } from '../../src/engine/methods/method';
import { catalogueMethods, createMethod } from '../../src/engine/methods/registry';
import { sampleShape } from '../../src/engine/methods/shapes';

describe('createMethod', () => {
  before(() => ready());

  describe('refuses shapes that a method cannot take, naming both:', () => {
    const impossible: [string, Shape, Shape][] = [
      ['kd', [4, 10], [4, 9]],
      ['kd', [4, 2, 2, 10], [4, 2, 3, 10]],
      ['dkd', [4, 2, 2, 10], [4, 2, 2, 10]],
      ['fitnets', [4, 3, 3, 5], [4, 4, 4, 5]],
      ['fitnets', [4, 3, 8, 5], [4, 6, 4, 5]],
      ['fitnets', [4, 5], [4, 5]],
      ['tat', [4, 8, 8, 16], [4, 4, 4, 16]],
      ['tat', [4, 16], [4, 16]],
      ['ct', [4, 8, 8, 16], [4, 8, 7, 16]],
      ['cankd', [4, 8, 8, 16], [4, 4, 4, 16]],
      ['cankd', [4, 8, 8, 16], [4, 8, 8, 32]],
      ['cankd', [4, 1, 1, 16], [4, 1, 1, 16]],
      ['cwd', [4, 8, 8, 16], [4, 4, 4, 16]],
      ['cwd', [4, 8, 8, 16], [4, 8, 8, 32]],
    ];
    for (const [name, student, teacher] of impossible) {
      it(`${name} ${sampleShape(student)} and ${sampleShape(teacher)}`, () => {
        const before = tf.memory().numTensors;
        assert.throws(() => createMethod(name, {}, { student, teacher }), {
          name: 'InputError',
          message: new RegExp(`^${name} .*${escape(student)}.*${escape(teacher)}`),
        });
        assert.equal(tf.memory().numTensors, before);
      });
    }
  });

  describe('asks for parts of teacher and data', () => {
    const maps = { student: [4, 4, 4, 8], teacher: [4, 4, 4, 8] };
    const several = {
      student: { a: maps.student, b: maps.student },
      teacher: { a: maps.teacher, b: maps.teacher },
    };
    const missing: [string, Parameters<typeof createMethod>[2], string][] = [
      ['thkd', maps, "thkd needs the teacher's classifier, { kernel, bias }; give it in parts"],
      [
        'crd',
        maps,
        'crd needs trainingLabels, the class of every training sample by its id; give it in parts',
      ],
      [
        'ofd',
        several,
        "ofd needs normalizations, { gamma, beta } of the batch normalisation of each of the teacher's layers; give it in parts",
      ],
    ];
    for (const [name, shapes, message] of missing) {
      it(message, () => {
        const before = tf.memory().numTensors;
        assert.throws(() => createMethod(name, {}, shapes), { name: 'InputError', message });
        assert.equal(tf.memory().numTensors, before);
      });
    }

    it('that fit', () => {
      tf.tidy(() => {
        const classifier = { kernel: tf.zeros<tf.Rank.R2>([16, 3]) };
        assert.throws(() => createMethod('thkd', {}, maps, { parts: { classifier } }), {
          name: 'InputError',
          message: /reads, of 16 channels, but the teacher's layer has 8; hook its last one/,
        });
        const normalization = { gamma: tf.ones<tf.Rank.R1>([4]), beta: tf.zeros<tf.Rank.R1>([4]) };
        const parts = { normalizations: [normalization, normalization] };
        assert.throws(() => createMethod('ofd', {}, several, { parts }), {
          name: 'InputError',
          message: /teacher's layer 1 has 4 channels, and its map 8/,
        });
      });
    });

    it('and for what its loss needs', () => {
      const parts = { trainingLabels: Int32Array.from([0, 1]) };
      const crd = createMethod('crd', { negatives: 1 }, { student: [2, 3], teacher: [2, 3] }, { parts });
      tf.tidy(() => {
        const inputs = { student: tf.ones([2, 3]), teacher: tf.ones([2, 3]) };
        assert.deepEqual(crd.needs, ['sampleIds']);
        assert.throws(() => crd.loss(inputs), {
          name: 'InputError',
          message: 'crd needs sampleIds beside student and teacher',
        });
        assert.throws(() => crd.remember!({ ...inputs, sampleIds: tf.tensor1d([0, 2], 'int32') }), {
          name: 'InputError',
          message: 'crd: 2 is not the id of a training sample',
        });
      });
      crd.dispose();
    });
  });

  describe('refuses options', () => {
    const maps = { student: [4, 4, 4, 8], teacher: [4, 4, 4, 8] };
    const logits = { student: [4, 10], teacher: [4, 10] };
    const wrong: [string, Record<string, unknown>, string][] = [
      ['kd', { temprature: 4 }, 'kd has no option "temprature"; did you mean "temperature"?'],
      ['kd', { zz: 4 }, 'kd has no option "zz"; it has temperature, distance, mean, standardize'],
      ['nst', { hint: 2 }, 'nst has no option "hint"; it has none'],
      ['kd', { temperature: 0 }, 'kd: option "temperature" must be greater than 0, not 0'],
      ['kd', { temperature: 'hot' }, 'kd: option "temperature" must be a number, not "hot"'],
      ['tat', { heads: 1.5 }, 'tat: option "heads" must be an integer, not 1.5'],
      ['tat', { heads: 3 }, 'tat: option "heads" is 3, which does not divide the teacher\'s 8 channels'],
      ['ct', { reduction: 'sum' }, 'ct: option "reduction" must be "mean" or "batchmean", not "sum"'],
      [
        'cankd',
        { interChannels: 'half' },
        'cankd: option "interChannels" must be an integer or null, not "half"',
      ],
    ];
    for (const [name, options, message] of wrong) {
      it(message, () => {
        const shapes = name === 'kd' ? logits : maps;
        assert.throws(() => createMethod(name, options, shapes), { name: 'InputError', message });
      });
    }

    it('and unknown names of methods', () => {
      assert.throws(() => createMethod('fitnet', {}, maps), {
        name: 'InputError',
        message: 'There is no method "fitnet"; did you mean "fitnets"?',
      });
    });
  });

  it('fills in the defaults that the catalogue states', () => {
    const kd = createMethod('kd', {}, { student: [2, 3], teacher: [2, 3] });
    const named = createMethod('kd', { temperature: 4 }, { student: [2, 3], teacher: [2, 3] });
    tf.tidy(() => {
      const inputs = {
        student: tf.tensor2d([
          [1, 2, 4],
          [0, 0, 1],
        ]),
        teacher: tf.tensor2d([
          [3, 1, 0],
          [1, 0, 5],
        ]),
      };
      assert.deepEqual(kd.loss(inputs).dataSync(), named.loss(inputs).dataSync());
    });
    const described = catalogueMethods().find(({ name }) => name === 'kd')!;
    assert.equal(
      (described.options.properties as Record<string, { default: unknown }>).temperature!.default,
      4,
    );
    assert.doesNotThrow(() => structuredClone(JSON.parse(JSON.stringify(catalogueMethods()))));
  });
});

/** For a regular expression. */
function escape(shape: Shape): string {
  return sampleShape(shape).replace(/[[\]]/g, '\\$&');
}
