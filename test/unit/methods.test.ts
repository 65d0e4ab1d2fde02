import * as assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { randomSource } from '../../src/common/random';
import { ready } from '../../src/engine/backends';
import type { DistillationMethod, Shape } from '../../src/engine/methods/method';
import { createMethod, methods } from '../../src/engine/methods/registry';
import { sampleShape } from '../../src/engine/methods/shapes';
import { byName, readFixture } from '../parity/fixture';

/** How a weight starts: uniform within a bound and filling it, normal, or one number. */
type Start = { readonly within: number } | { readonly deviation: number } | number;

interface Case {
  readonly method: string;
  readonly options?: Record<string, unknown>;
  /** Of one layer, or of several. */
  readonly student: Shape | readonly Shape[];
  readonly teacher: Shape | readonly Shape[];
  /** Where each weight starts in the authors' code. */
  readonly starts: Record<string, Start>;
  /** Weights whose gradient vanishes in exact arithmetic. */
  readonly vanishing?: readonly string[];
  /** The loss of a batch is the mean of its samples' losses. */
  readonly perSample?: boolean;
  readonly labels?: readonly number[];
  /** The loss compares the samples of a batch with each other, so that it is another when each is there twice. */
  readonly changesWithTwins?: boolean;
}

const fan = (count: number): Start => ({ within: 1 / Math.sqrt(count) });

/** A normalisation on batch statistics takes a bias before it out again. */
const biasBeforeNorm = ['regressor/bias'];
/** In cankd too; and the instance normalisation takes out the shift `beta` of what is added to each channel. */
const cankdVanishing = ['w/bias', 'w/beta'];
/** Batch statistics tie the samples of a batch together, so only methods without them are per sample. */
const perSample = true;

const tatStarts = {
  'query/kernel': fan(9 * 5),
  'query/gamma': 1,
  'query/beta': 0,
  'value/kernel': fan(9 * 5),
  'value/gamma': 1,
  'value/beta': 0,
};
const regressorStarts = (fanIn: number): Record<string, Start> => ({
  'regressor/kernel': fan(fanIn),
  'regressor/bias': fan(fanIn),
  'regressor/gamma': 1,
  'regressor/beta': 0,
});
const embeddingStarts = (student: number, teacher: number): Record<string, Start> => ({
  ...Object.fromEntries(
    ['query', 'key', 'value'].flatMap((name) => [
      [`${name}/kernel`, fan(name === 'key' ? teacher : student)],
      [`${name}/gamma`, 1],
      [`${name}/beta`, 0],
    ]),
  ),
});
const linearStarts = (name: string, fanIn: number): Record<string, Start> => ({
  [`${name}/kernel`]: fan(fanIn),
  [`${name}/bias`]: fan(fanIn),
});
/** PyTorch's `kaiming_uniform_` with a = 1: uniform within sqrt(3 / fan in). */
const fusionStarts = (level: number, inputs: number, width: number): Record<string, Start> => ({
  [`level${level}/reduce/kernel`]: fan(inputs / 3),
  [`level${level}/reduce/gamma`]: 1,
  [`level${level}/reduce/beta`]: 0,
  [`level${level}/expand/kernel`]: fan((9 * width) / 3),
  [`level${level}/expand/gamma`]: 1,
  [`level${level}/expand/beta`]: 0,
});
const attentionStarts = (name: string, inputs: number): Record<string, Start> => ({
  ...linearStarts(name, inputs),
  [`${name}/gamma`]: 1,
  [`${name}/beta`]: 0,
});
/** A shift of all keys changes all scores of a row alike, which a softmax takes out. */
const keyShift = ['key/beta'];
const cankdStarts = (channels: number, inner: number): Record<string, Start> => ({
  ...Object.fromEntries(
    ['theta', 'phi', 'g'].flatMap((name) => [
      [`${name}/kernel`, fan(channels)],
      [`${name}/bias`, fan(channels)],
    ]),
  ),
  'w/kernel': fan(inner),
  'w/bias': fan(inner),
  'w/gamma': 0,
  'w/beta': 0,
});

const cases: Record<string, Case> = {
  kd: { method: 'kd', student: [4, 7], teacher: [4, 7], starts: {}, perSample },
  'fitnets, same size': {
    method: 'fitnets',
    student: [4, 4, 5, 5],
    teacher: [4, 4, 5, 6],
    starts: regressorStarts(5),
    vanishing: biasBeforeNorm,
  },
  'fitnets, halving': {
    method: 'fitnets',
    student: [4, 8, 8, 5],
    teacher: [4, 4, 4, 6],
    starts: regressorStarts(9 * 5),
    vanishing: biasBeforeNorm,
  },
  'fitnets, doubling': {
    method: 'fitnets',
    student: [4, 3, 3, 5],
    teacher: [4, 6, 6, 8],
    starts: regressorStarts(16 * 8),
    vanishing: biasBeforeNorm,
  },
  'fitnets, cutting': {
    method: 'fitnets',
    student: [4, 6, 5, 5],
    teacher: [4, 4, 4, 6],
    starts: regressorStarts(3 * 2 * 5),
    vanishing: biasBeforeNorm,
  },
  'tat, one head': { method: 'tat', student: [4, 5, 4, 5], teacher: [4, 5, 4, 8], starts: tatStarts },
  'tat, two heads': {
    method: 'tat',
    options: { heads: 2 },
    student: [4, 5, 4, 5],
    teacher: [4, 5, 4, 8],
    starts: tatStarts,
  },
  'ct, mean': {
    method: 'ct',
    student: [4, 3, 5, 6],
    teacher: [4, 3, 5, 8],
    starts: { 'w1/kernel': fan(6), 'w1/bias': fan(6), 'w2/kernel': fan(8), 'w2/bias': fan(8) },
    perSample,
  },
  'ct, batchmean, narrow': {
    method: 'ct',
    options: { hidden: 5, reduction: 'batchmean' },
    student: [4, 3, 5, 6],
    teacher: [4, 3, 5, 8],
    starts: { 'w1/kernel': fan(6), 'w1/bias': fan(6), 'w2/kernel': fan(5), 'w2/bias': fan(5) },
    perSample,
  },
  cankd: {
    method: 'cankd',
    student: [4, 6, 4, 8],
    teacher: [4, 6, 4, 8],
    starts: cankdStarts(8, 4),
    vanishing: cankdVanishing,
  },
  'cankd, whole maps, wide': {
    method: 'cankd',
    options: { subSample: false, interChannels: 30 },
    student: [4, 4, 4, 6],
    teacher: [4, 4, 4, 6],
    starts: cankdStarts(6, 30),
    vanishing: cankdVanishing,
  },
  dkd: { method: 'dkd', student: [4, 7], teacher: [4, 7], starts: {}, labels: [2, 0, 6, 3], perSample },
  dist: { method: 'dist', student: [4, 7], teacher: [4, 7], starts: {} },
  'tat, learnt 1x1 key': {
    method: 'tat',
    options: { kernel: 1, key: 'learnt' },
    student: [4, 3, 4, 5],
    teacher: [4, 3, 4, 8],
    starts: embeddingStarts(5, 8),
    vanishing: keyShift,
  },
  'tat-dense, stacked': {
    method: 'tat-dense',
    options: { grid: [2, 2], heads: 4, anchor: [3, 3] },
    student: [4, 7, 6, 5],
    teacher: [4, 7, 6, 4],
    starts: embeddingStarts(5, 4),
    vanishing: keyShift,
    perSample,
  },
  'tat-dense, batched, of the batch': {
    method: 'tat-dense',
    options: { grouping: 'batched', statistics: 'batch', grid: [2, 3], heads: 2, anchor: [3, 3] },
    student: [4, 6, 6, 5],
    teacher: [4, 6, 6, 4],
    starts: embeddingStarts(5, 4),
    vanishing: keyShift,
  },
  'tat-dense, single, coco-stuff': {
    method: 'tat-dense',
    options: { preset: 'coco-stuff', grouping: 'single', grid: [2, 2], heads: 2, anchor: [2, 2] },
    student: [4, 6, 6, 5],
    teacher: [4, 6, 6, 4],
    starts: embeddingStarts(5, 4),
    vanishing: keyShift,
    perSample,
  },
  'kd, standardized': {
    method: 'kd',
    options: { standardize: true },
    student: [4, 7],
    teacher: [4, 7],
    starts: {},
    perSample,
  },
  wsld: { method: 'wsld', student: [4, 7], teacher: [4, 7], starts: {}, labels: [2, 0, 6, 3], perSample },
  cc: {
    method: 'cc',
    options: { dimension: 6 },
    student: [4, 5],
    teacher: [4, 9],
    starts: { ...linearStarts('student', 5), ...linearStarts('teacher', 9) },
    changesWithTwins: true,
  },
  srd: {
    method: 'srd',
    student: [4, 5],
    teacher: [4, 9],
    starts: linearStarts('projector', 5),
    // A normalisation takes a bias before it out again.
    vanishing: ['projector/bias'],
    changesWithTwins: true,
  },
  pad: {
    method: 'pad',
    student: [4, 5],
    teacher: [4, 5],
    starts: { ...linearStarts('variance', 5), 'variance/gamma': 1, 'variance/beta': 0 },
    vanishing: ['variance/bias'],
  },
  vid: {
    method: 'vid',
    student: [4, 7, 7, 5],
    teacher: [4, 4, 5, 8],
    starts: {
      'regressor1/kernel': fan(5),
      'regressor2/kernel': fan(8),
      'regressor3/kernel': fan(8),
      // The inverse of a softplus at 5, in float32.
      scale: Math.fround(Math.log(Math.exp(5 - 1e-5) - 1)),
    },
    perSample,
  },
  ab: { method: 'ab', student: [4, 5, 6, 7], teacher: [4, 5, 6, 7], starts: {}, perSample },
  'ab, connected': {
    method: 'ab',
    options: { margin: 0.5 },
    student: [4, 8, 8, 5],
    teacher: [4, 4, 4, 6],
    starts: regressorStarts(9 * 5),
    vanishing: biasBeforeNorm,
  },
  ickd: {
    method: 'ickd',
    student: [4, 5, 4, 5],
    teacher: [4, 6, 6, 8],
    starts: { 'embedding/kernel': fan(9 * 5), 'embedding/gamma': 1, 'embedding/beta': 0 },
    changesWithTwins: true,
  },
  cd: {
    method: 'cd',
    student: [4, 5, 4, 5],
    teacher: [4, 6, 6, 8],
    starts: { 'connector/kernel': fan(5), 'connector/gamma': 1, 'connector/beta': 0 },
  },
  'mgd, nothing masked': {
    method: 'mgd',
    options: { masked: 0 },
    student: [4, 5, 4, 5],
    teacher: [4, 5, 4, 8],
    starts: {
      ...linearStarts('align', 5),
      ...linearStarts('generation1', 9 * 8),
      ...linearStarts('generation2', 9 * 8),
    },
    perSample,
  },
  fsp: {
    method: 'fsp',
    student: [
      [4, 6, 6, 5],
      [4, 6, 4, 3],
      [4, 3, 3, 7],
    ],
    teacher: [
      [4, 7, 7, 5],
      [4, 5, 5, 3],
      [4, 3, 4, 7],
    ],
    starts: {},
    perSample,
  },
  reviewkd: {
    method: 'reviewkd',
    student: [
      [4, 6, 6, 5],
      [4, 3, 3, 8],
      [4, 7],
    ],
    teacher: [
      [4, 6, 6, 6],
      [4, 5, 5, 9],
      [4, 10],
    ],
    starts: {
      ...fusionStarts(1, 5, 7),
      ...linearStarts('level1/attention', 14),
      ...fusionStarts(2, 8, 7),
      ...linearStarts('level2/attention', 14),
      ...fusionStarts(3, 7, 7),
    },
  },
  afd: {
    method: 'afd',
    options: { dimension: 5 },
    student: [
      [4, 6, 6, 5],
      [4, 3, 3, 8],
    ],
    teacher: [
      [4, 7, 7, 6],
      [4, 4, 5, 9],
      [4, 3, 3, 4],
    ],
    starts: {
      ...attentionStarts('key1', 5),
      ...attentionStarts('key2', 8),
      ...attentionStarts('query1', 6),
      ...attentionStarts('query2', 9),
      ...attentionStarts('query3', 4),
      ...attentionStarts('bilinear', 5),
      'position/teacher': { deviation: Math.sqrt(2 / (3 + 5)) },
      'position/student': { deviation: Math.sqrt(2 / (2 + 5)) },
    },
    // Biases before a normalisation; and a shift of all keys changes all scores of a row alike.
    vanishing: [
      ...['key1', 'key2', 'query1', 'query2', 'query3', 'bilinear'].map((name) => `${name}/bias`),
      'bilinear/beta',
    ],
  },
  at: { method: 'at', student: [4, 6, 6, 5], teacher: [4, 6, 6, 8], starts: {}, perSample },
  'at, sizes without a common divisor': {
    method: 'at',
    options: { p: 4 },
    student: [4, 7, 5, 5],
    teacher: [4, 3, 4, 8],
    starts: {},
    perSample,
  },
  sp: {
    method: 'sp',
    student: [4, 6, 6, 5],
    teacher: [4, 3, 3, 8],
    starts: {},
    changesWithTwins: true,
  },
  nst: { method: 'nst', student: [4, 6, 6, 5], teacher: [4, 4, 5, 8], starts: {}, perSample },
  rkd: { method: 'rkd', student: [4, 5], teacher: [4, 9], starts: {}, changesWithTwins: true },
  pkt: { method: 'pkt', student: [4, 5], teacher: [4, 9], starts: {}, changesWithTwins: true },
  cwd: { method: 'cwd', student: [4, 5, 6, 7], teacher: [4, 5, 6, 7], starts: {}, perSample },
  pkd: { method: 'pkd', student: [4, 5, 5, 7], teacher: [4, 8, 4, 7], starts: {}, changesWithTwins: true },
};

describe('methods', () => {
  before(() => ready());

  it('are all in the table', () => {
    assert.deepEqual(
      [...new Set(Object.values(cases).map((each) => each.method))].sort(),
      methods.map(({ name }) => name).sort(),
    );
  });

  for (const [name, each] of Object.entries(cases)) {
    describe(name, () => {
      let method: DistillationMethod;
      let student: tf.Variable[];
      let teacher: tf.Variable[];

      beforeEach(() => {
        method = create(each, 1);
        const drawn = (side: 'student' | 'teacher'): tf.Variable[] =>
          shapesOf(each[side]).map((shape, place) =>
            tf.tidy(() => tf.variable(normal(`${side}${place || ''}`, shape))),
          );
        [student, teacher] = [drawn('student'), drawn('teacher')];
      });
      afterEach(() => {
        method.dispose();
        tf.dispose([...student, ...teacher]);
      });

      /** What the loss needs beside student and teacher, for so many batches in one, or for one sample. */
      const beside = (times = 1, sample?: number): { labels?: tf.Tensor1D } => {
        if (each.labels === undefined) return {};
        const labels = sample === undefined ? each.labels : [each.labels[sample]!];
        return { labels: tf.tensor1d(Array<readonly number[]>(times).fill(labels).flat(), 'int32') };
      };
      const lossOf = (more = beside()): tf.Scalar =>
        method.loss({ student: byLayer(student), teacher: byLayer(teacher), ...more });

      /** Loss and gradients of student and weights, as numbers. */
      const gradients = (factor = 1): { loss: number; of: Record<string, Float32Array> } =>
        tf.tidy(() => {
          const variables = [...student, ...Object.values(method.weights)];
          const { value, grads } = tf.variableGrads(() => tf.mul(lossOf(), factor), variables);
          const read = (variable: tf.Variable) => grads[variable.name]!.dataSync<'float32'>();
          return {
            loss: value.dataSync()[0]!,
            of: {
              ...Object.fromEntries(student.map((layer, place) => [`student${place || ''}`, read(layer)])),
              ...Object.fromEntries(
                Object.entries(method.weights).map(([key, weight]) => [key, read(weight)]),
              ),
            },
          };
        });

      it("starts as its authors' code does", () => {
        assert.deepEqual(Object.keys(method.weights).sort(), Object.keys(each.starts).sort());
        for (const [weight, start] of Object.entries(each.starts)) {
          const values = [...method.weights[weight]!.dataSync()];
          if (typeof start === 'number') {
            assert.ok(
              values.every((value) => value === start),
              weight,
            );
          } else if ('deviation' in start) {
            const square = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
            const share = Math.sqrt(square) / start.deviation;
            assert.ok(share > 0.5 && share < 1.7, `${weight} deviates by ${share} of what it should`);
          } else {
            const { within } = start;
            const range = `${weight} goes from ${Math.min(...values)} to ${Math.max(...values)}, not +-${within}`;
            assert.ok(largestOf(values) <= within, range);
            // A few values need not come near both bounds.
            if (values.length < 20) continue;
            assert.ok(Math.max(...values) > within / 2 && Math.min(...values) < -within / 2, range);
          }
        }
      });

      it('has the same weights for the same seed, others for another', () => {
        const values = (seed: number): Record<string, unknown> => {
          const made = create(each, seed);
          const read = Object.entries(made.weights).map(([key, weight]) => [key, weight.dataSync()] as const);
          made.dispose();
          return Object.fromEntries(read);
        };
        assert.deepEqual(values(3), values(3));
        if (Object.values(each.starts).some((start) => typeof start !== 'number')) {
          assert.notDeepEqual(values(3), values(4));
        }
      });

      it('passes a gradient to the student and to every weight, save those that vanish', () => {
        setRandomWeights(method);
        const { of } = gradients();
        const largest = largestOf(Object.values(of).map(largestOf));
        for (const [weight, gradient] of Object.entries(of)) {
          const share = largestOf(gradient) / largest;
          const vanishes = each.vanishing?.includes(weight) ?? false;
          assert.equal(share < 1e-4, vanishes, `the gradient of ${weight} is ${share} of the largest`);
        }
      });

      it('passes no gradient to the teacher', () => {
        tf.tidy(() => {
          const { grads } = tf.variableGrads(lossOf, [...student, ...teacher]);
          assert.deepEqual(Object.keys(grads).sort(), student.map((layer) => layer.name).sort());
        });
      });

      it('has twice the gradient when the loss is doubled', () => {
        setRandomWeights(method);
        const once = gradients();
        const twice = gradients(2);
        assert.equal(twice.loss, 2 * once.loss);
        for (const [weight, gradient] of Object.entries(once.of)) {
          gradient.forEach((value, index) => {
            assert.ok(
              Math.abs(twice.of[weight]![index]! - 2 * value) <= 1e-5 * Math.max(1e-3, largestOf(gradient)),
            );
          });
        }
      });

      it('falls in 20 steps of gradient descent, and moves every weight that has a gradient', () => {
        const before = Object.entries(method.weights).map(
          ([key, weight]) => [key, weight.dataSync()] as const,
        );
        const first = gradients().loss;
        for (let step = 0; step < 20; step++) {
          tf.tidy(() => {
            const variables = [...student, ...Object.values(method.weights)];
            const { grads } = tf.variableGrads(lossOf, variables);
            // Each by its size, so that one rate does for methods whose losses differ by orders of magnitude.
            const norm = Math.sqrt(
              tf.addN(Object.values(grads).map((gradient) => tf.sum(tf.square(gradient)))).dataSync()[0]!,
            );
            for (const variable of variables) {
              variable.assign(tf.sub(variable, tf.mul(grads[variable.name]!, 0.1 / norm)));
            }
          });
        }
        assert.ok(gradients().loss < first);
        for (const [key, values] of before) {
          if (each.vanishing?.includes(key)) continue;
          assert.notDeepEqual(method.weights[key]!.dataSync(), values, `${key} has not moved`);
        }
      });

      it(`${each.perSample ? 'is' : 'is not'} the mean over its samples, and the same on a batch given twice`, () => {
        setRandomWeights(method);
        const loss = (of: (layer: tf.Tensor) => tf.Tensor, more: { labels?: tf.Tensor1D }): number => {
          const input = (layers: tf.Variable[]) => byLayer(layers.map((layer) => of(layer)));
          return method.loss({ student: input(student), teacher: input(teacher), ...more }).dataSync()[0]!;
        };
        const count = student[0]!.shape[0];
        const { whole, twice, samples } = tf.tidy(() => ({
          whole: loss((layer) => layer, beside()),
          twice: loss((layer) => tf.concat([layer, layer]), beside(2)),
          samples: Array.from({ length: count }, (_, index) =>
            loss((layer) => tf.slice(layer, index, 1), beside(1, index)),
          ),
        }));
        assert.equal(
          Math.abs(twice - whole) < 1e-5 * whole,
          !each.changesWithTwins,
          `${twice} on the batch twice, ${whole} on it once`,
        );
        const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
        assert.equal(Math.abs(mean - whole) < 1e-5 * whole, each.perSample ?? false, `${mean} and ${whole}`);
      });

      it('leaves nothing behind but the loss', () => {
        const before = tf.memory().numTensors;
        const more = beside();
        const loss = (): tf.Scalar => lossOf(more);
        loss().dispose();
        const kept = before + Object.keys(more).length;
        assert.equal(tf.memory().numTensors, kept);
        const variables = [...student, ...Object.values(method.weights)];
        const { value, grads } = tf.variableGrads(loss, variables);
        assert.equal(tf.memory().numTensors, kept + 1 + Object.keys(grads).length);
        tf.dispose([value, grads, ...Object.values(more)]);
        assert.equal(tf.memory().numTensors, before);
      });

      it('refuses tensors other than it was made for', () => {
        tf.tidy(() => {
          const [first, ...rest] = student as [tf.Variable, ...tf.Variable[]];
          const wider = tf.zeros([...first.shape.slice(0, -1), first.shape.at(-1)! + 1]);
          const lossWith = (layer: tf.Tensor): tf.Scalar =>
            method.loss({ student: byLayer([layer, ...rest]), teacher: byLayer(teacher), ...beside() });
          assert.throws(() => lossWith(wider), {
            name: 'InputError',
            message: new RegExp(`was made for .*${escape(first.shape)}.*${escape(wider.shape)}`),
          });
          assert.throws(() => lossWith(tf.slice(first, 0, 3)), /3 samples and the teacher's 4/);
        });
      });

      it('refuses weights of unknown names and wrong shapes, and changes none', () => {
        const [weight] = Object.keys(method.weights);
        if (weight === undefined) return;
        const kept = method.weights[weight]!.dataSync();
        tf.tidy(() => {
          const good = tf.onesLike(method.weights[weight]!);
          assert.throws(() => method.setWeights({ [weight]: good, [`${weight}x`]: good }), {
            name: 'InputError',
            message: `${each.method} has no tensor "${weight}x"; did you mean "${weight}"?`,
          });
          assert.throws(() => method.setWeights({ [weight]: tf.zeros([9]) }), {
            name: 'InputError',
            message: new RegExp(`"${weight}" has the shape .*, not \\[9\\]`),
          });
        });
        assert.deepEqual(method.weights[weight]!.dataSync(), kept);
      });
    });
  }

  it('mgd masks the share of positions, or of channels, that it is told to', () => {
    tf.tidy(() => {
      for (const mask of ['positions', 'channels']) {
        const shapes = { student: [8, 30, 30, 64], teacher: [8, 30, 30, 64] };
        const method = createMethod('mgd', { masked: 0.65, mask }, shapes);
        const student = tf.variable(tf.ones(shapes.student));
        // What is masked gets no gradient; the rest gets some from every channel of the rebuilt map.
        const gradient = tf.grad((maps) => method.loss({ student: maps, teacher: tf.zeros(shapes.teacher) }))(
          student,
        );
        const axes = mask === 'positions' ? [3] : [1, 2];
        const reached = tf.cast(tf.greater(tf.sum(tf.abs(gradient), axes), 0), 'float32');
        const share = 1 - tf.mean(reached).dataSync()[0]!;
        const deviation = Math.sqrt((0.65 * 0.35) / reached.size);
        assert.ok(Math.abs(share - 0.65) < 5 * deviation, `${share} of the ${mask}`);
      }
    });
  });

  it('cankd is the same in both orders of its products', () => {
    // Channels of zeros change nothing but the order that is cheaper.
    const { inputs, weights, expected } = readFixture('cankd-full-c4.json');
    const [student, teacher] = [byName(inputs.student)['']!, byName(inputs.teacher)['']!];
    const inner = 64;
    const shapes = { student: student.shape, teacher: teacher.shape };
    const method = createMethod('cankd', { interChannels: inner, subSample: false }, shapes);
    tf.tidy(() => {
      const padded = Object.entries(weights).map(([name, { data, shape }]) => {
        const target = method.weights[name]!.shape;
        const missing = target.map((size, axis) => [0, size - shape[axis]!] as [number, number]);
        return [name, tf.pad(tf.tensor(data, shape), missing)] as const;
      });
      method.setWeights(Object.fromEntries(padded));
      const tensor = ({ data, shape }: typeof student): tf.Tensor => tf.tensor(data, shape);
      const loss = method.loss({ student: tensor(student), teacher: tensor(teacher) });
      assert.ok(Math.abs(loss.dataSync()[0]! - expected.loss) < 1e-5 * expected.loss);
    });
    method.dispose();
  });
});

function isSeveral(shapes: Shape | readonly Shape[]): shapes is readonly Shape[] {
  return Array.isArray(shapes[0]);
}

function shapesOf(shapes: Shape | readonly Shape[]): readonly Shape[] {
  return isSeveral(shapes) ? shapes : [shapes];
}

/** As methods take them: one alone, several by name. */
function byLayer<T>(layers: readonly T[]): T | Record<string, T> {
  return layers.length === 1
    ? layers[0]!
    : Object.fromEntries(layers.map((layer, place) => [`stage${place + 1}`, layer]));
}

function create({ method, options = {}, student, teacher }: Case, seed: number): DistillationMethod {
  const shapes = { student: byLayer(shapesOf(student)), teacher: byLayer(shapesOf(teacher)) };
  return createMethod(method, options, shapes, { seed });
}

/** Normal with deviation 1, the same for the same parts. */
function normal(name: string, shape: Shape, mean = 0): tf.Tensor {
  const random = randomSource('methods.test', name);
  const values = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => {
    return mean + Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  });
  return tf.tensor(values, [...shape]);
}

/** Away from the start, where some weights are zero. */
function setRandomWeights(method: DistillationMethod): void {
  tf.tidy(() =>
    method.setWeights(
      Object.fromEntries(
        Object.entries(method.weights).map(([name, weight]) => [
          name,
          tf.mul(normal(name, weight.shape, name.endsWith('gamma') ? 2 : 0), 0.5),
        ]),
      ),
    ),
  );
}

function largestOf(values: Iterable<number>): number {
  return Math.max(...[...values].map(Math.abs));
}

/** For a regular expression. */
function escape(shape: Shape): string {
  return sampleShape(shape).replace(/[[\]]/g, '\\$&');
}
