import * as assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { ready } from '../../src/engine/backends';
import type { LossInputs, OneOrMore, Shape } from '../../src/engine/methods/method';
import { createMethod } from '../../src/engine/methods/registry';
import { cases, type Case } from './methods-cases';
import { byLayer, create, methodOf, normal, shapesOf } from './methods-helpers';

type Side = 'student' | 'teacher';
type Draw = (side: Side, shape: Shape) => tf.Tensor;

/** For one side alone; the other is as usual. */
const only =
  (side: Side, draw: Draw): Draw =>
  (of, shape) =>
    of === side ? draw(of, shape) : normal(of, shape);
const one = (shape: Shape): number[] => [1, ...shape.slice(1)];
const filled =
  (value: number): Draw =>
  (_side, shape) =>
    tf.fill([...shape], value);
const times =
  (factor: number): Draw =>
  (side, shape) =>
    tf.mul(normal(side, shape), factor);
const allAlike: Draw = (side, shape) => {
  const sample = normal(side, one(shape));
  return tf.add(tf.zeros([...shape]), sample);
};
const firstZero: Draw = (side, shape) => {
  const [, ...others] = tf.split(normal(side, shape), shape[0]!);
  return tf.concat([tf.zeros(one(shape)), ...others]);
};
const firstTwoAlike: Draw = (side, shape) => {
  const [first, , ...others] = tf.split(normal(side, shape), shape[0]!);
  return tf.concat([first!, first!, ...others]);
};
const deadChannel: Draw = (side, shape) => {
  const alive = Array.from({ length: shape.at(-1)! }, (_, channel) => Math.min(channel, 1));
  return tf.mul(normal(side, shape), tf.tensor1d(alive));
};

/** Of features and logits alike. */
const draws: Record<string, Draw> = {
  'zeros on both sides': filled(0),
  'zeros of the student': only('student', filled(0)),
  'zeros of the teacher': only('teacher', filled(0)),
  'the same number everywhere': filled(0.1),
  'the same number everywhere of the student': only('student', filled(0.1)),
  'samples all alike': allAlike,
  'samples all alike of the student': only('student', allAlike),
  'samples all alike of the teacher': only('teacher', allAlike),
  'one sample of zeros': firstZero,
  'one sample of zeros of the student': only('student', firstZero),
  'two samples alike': firstTwoAlike,
  'two samples alike of the student': only('student', firstTwoAlike),
  'a dead channel': deadChannel,
  'a dead channel of the student': only('student', deadChannel),
  'a student that is as the teacher': (_side, shape) => normal('both', shape),
  'numbers around 1e-15': times(1e-15),
};
const large: Record<string, Draw> = {
  'numbers around 1e4': times(1e4),
  'numbers around 1e4 of the student': only('student', times(1e4)),
  'numbers around 1e4 of the teacher': only('teacher', times(1e4)),
};

/** Above every gradient that features of an ordinary size have, and below those that end a training. */
const EXPLODED = 1e6;

/** Logarithms, which have no least value. */
const belowZero = ['vid', 'pad', 'srd'];

describe('methods at the edges', () => {
  before(() => ready());

  for (const [title, draw] of Object.entries({ ...draws, ...large })) {
    it(`have finite losses, gradients and states with ${title}`, () => {
      for (const [name, each] of Object.entries(cases)) {
        for (const { what, loss, gradients } of results(name, each, draw)) {
          assert.ok(Number.isFinite(loss ?? 0), `${name}: the ${what} is ${loss}`);
          for (const [weight, size] of Object.entries(gradients)) {
            const message = `${name}: the ${what}'s gradient of ${weight} is up to ${size}`;
            const mayBeLarge = title in large || loss === undefined;
            assert.ok(mayBeLarge ? Number.isFinite(size) : size < EXPLODED, message);
            // A loss that cannot fall any more has the gradient that comes from rounding.
            if (loss === 0 && !belowZero.includes(methodOf(name))) assert.ok(size < 1e-6, message);
          }
        }
      }
    });
  }

  it('have finite losses and gradients of a sample alone, or say that they need two', () => {
    for (const [name, each] of Object.entries(cases)) {
      const method = methodOf(name);
      const compute = (): Result[] => results(name, each, normal, each.views ?? 1);
      if (each.needsTwo) {
        assert.throws(compute, {
          name: 'InputError',
          message: `${method} compares the samples of a batch with one another, so a batch needs at least two (train.batchSize)`,
        });
        continue;
      }
      for (const { what, loss, gradients } of compute()) {
        assert.ok(Number.isFinite(loss ?? 0), `${name}: the ${what} is ${loss}`);
        for (const [weight, size] of Object.entries(gradients)) {
          assert.ok(size < EXPLODED, `${name}: the ${what}'s gradient of ${weight} is up to ${size}`);
        }
      }
    }
  });

  it('refuse logits of one class', () => {
    for (const name of ['kd', 'dkd', 'dist', 'wsld']) {
      assert.throws(() => createMethod(name, {}, { student: [4, 1], teacher: [4, 1] }), {
        name: 'InputError',
        message: new RegExp(`^${name} compares logits of at least two classes, but .* gives \\[1\\]`),
      });
    }
  });

  it('refuse maps of one position where they compare positions', () => {
    // There the softmax is 1, unit length 1 or -1, and the deviation 0, whatever the features.
    for (const name of ['at', 'nst', 'cwd', 'cankd']) {
      const shapes = { student: [4, 1, 1, 6], teacher: [4, 1, 1, 6] };
      assert.throws(() => createMethod(name, {}, shapes), {
        name: 'InputError',
        message: new RegExp(
          `^${name} compares the positions of a map .* gives \\[1, 1, 6\\] .* earlier layers$`,
        ),
      });
    }
  });

  it('crd is finite at its least temperature where all are as alike as can be', () => {
    const shapes = { student: [2, 3], teacher: [2, 3] };
    const parts = { trainingLabels: Int32Array.from({ length: 50_000 }, (_, id) => id % 2) };
    const options = { temperature: 0.02, dimension: 3, negatives: 20_000 };
    assert.throws(() => createMethod('crd', { temperature: 0.01 }, shapes, { parts }), {
      message: 'crd: option "temperature" must be greater or equal to 0.02, not 0.01',
    });
    const method = createMethod('crd', options, shapes, { parts });
    tf.tidy(() => {
      const one = tf.tensor2d([[1, 0, 0]]);
      const sides = ['student', 'teacher'].flatMap((side) => [
        [`${side}/kernel`, tf.zeros([3, 3])] as const,
        [`${side}/bias`, tf.reshape(one, [3])] as const,
        [`bank/${side}`, tf.tile(one, [50_000, 1])] as const,
      ]);
      method.setWeights(Object.fromEntries(sides));
      const inputs = {
        student: tf.ones(shapes.student),
        teacher: tf.ones(shapes.teacher),
        sampleIds: tf.tensor1d([0, 1], 'int32'),
      };
      // All are equally likely, P = 1 / n, and noise is K / n: on each side log (K + 1) + K log (1 + 1 / K).
      const count = options.negatives;
      const expected = 2 * (Math.log(count + 1) + count * Math.log1p(1 / count));
      for (const round of ['first', 'second']) {
        const loss = method.loss(inputs).dataSync()[0]!;
        assert.ok(
          Math.abs(loss - expected) < 0.01 * expected,
          `${loss} in the ${round} batch, not ${expected}`,
        );
        method.remember!(inputs);
      }
    });
    method.dispose();
  });

  describe('give what the formula gives', () => {
    const loss = (name: string, options: object, student: tf.Tensor, teacher: tf.Tensor): number => {
      const method = createMethod(name, { ...options }, { student: student.shape, teacher: teacher.shape });
      const labels = tf.tensor1d([0], 'int32');
      const value = method.loss({ student, teacher, labels }).dataSync()[0]!;
      method.dispose();
      return value;
    };
    const near = (actual: number, expected: number): void =>
      assert.ok(Math.abs(actual - expected) < 1e-5 * Math.abs(expected), `${actual}, not ${expected}`);

    it('dkd leaves the true class out also where it is 5000 above the others', () => {
      tf.tidy(() => {
        // Among the others (p, 1 - p) against (1 - p, p), p the logistic function of 1: divergence 2 p - 1 = tanh(1 / 2).
        const [student, teacher] = [tf.tensor2d([[5000, 1, 2]]), tf.tensor2d([[5000, 2, 1]])];
        near(loss('dkd', { alpha: 1, beta: 8, temperature: 1 }, student, teacher), 8 * Math.tanh(0.5));
      });
    });

    it('pkd counts a constant channel as not correlated', () => {
      tf.tidy(() => {
        const teacher = normal('teacher', [4, 3, 3, 2]);
        const [first, second] = tf.split(teacher, 2, 3) as [tf.Tensor, tf.Tensor];
        // Half the mean square of a channel at unit unbiased deviation, for one of two channels; the other is the same.
        const expected = (0.5 * (35 / 36)) / 2;
        for (const dead of [tf.zerosLike(first), tf.fill(first.shape, 0.1)]) {
          near(loss('pkd', {}, tf.concat([dead, second], 3), teacher), expected);
        }
      });
    });

    it('kd takes standardized logits without differences for none', () => {
      tf.tidy(() => {
        const teacher = tf.tensor2d([[-1, 0, 1]]);
        const options = { standardize: true, temperature: 1 };
        // The teacher's have unit deviation as they are; the student says 1 / 3 of each class.
        const shares = [-1, 0, 1].map((logit) => Math.exp(logit) / (1 / Math.E + 1 + Math.E));
        const expected = shares.reduce((sum, share) => sum + share * Math.log(3 * share), 0);
        for (const level of [0, 0.1, 1e4])
          near(loss('kd', options, tf.fill([1, 3], level), teacher), expected);
      });
    });
  });
});

interface Result {
  readonly what: string;
  /** What is remembered has none. */
  readonly loss?: number;
  /** The largest entry of each, NaN where one is. */
  readonly gradients: Record<string, number>;
}

/** Of the loss and, where there is one, that of the stage before; what it remembers counts as a gradient. */
function results(name: string, each: Case, draw: Draw, count?: number): Result[] {
  const method = create(name, each, 1);
  const found: Result[] = [];
  try {
    tf.tidy(() => {
      const layers = (side: Side): tf.Variable[] =>
        shapesOf(each[side]).map((shape) =>
          tf.variable(draw(side, count === undefined ? shape : [count, ...shape.slice(1)])),
        );
      const [student, teacher] = [layers('student'), layers('teacher')];
      const rows = student[0]!.shape[0];
      const logitsOf = (side: Side): tf.Variable<tf.Rank.R2> =>
        tf.variable(draw(side, [rows, each.classes!]) as tf.Tensor2D);
      const logits = each.classes
        ? { student: logitsOf('student'), teacher: logitsOf('teacher') }
        : undefined;
      const numbers = (of: readonly number[]): tf.Tensor1D =>
        tf.tensor1d(of.slice(0, rows / (each.views ?? 1)), 'int32');
      const inputs: LossInputs<OneOrMore<tf.Tensor>> = {
        student: byLayer<tf.Tensor>(student),
        teacher: byLayer<tf.Tensor>(teacher),
        ...(each.labels && { labels: numbers(each.labels) }),
        ...(each.sampleIds && { sampleIds: numbers(each.sampleIds) }),
        ...(logits && { logits }),
      };
      const learners = Object.entries({
        ...method.weights,
        ...Object.fromEntries(student.map((layer, place) => [`student ${place + 1}`, layer])),
        ...(logits && { logits: logits.student }),
      }).filter(([, { trainable }]) => trainable);

      const resultOf = (what: string, compute: () => tf.Scalar): Result => {
        const { value, grads } = tf.variableGrads(
          compute,
          learners.map(([, variable]) => variable),
        );
        const reached = learners.filter(([, variable]) => variable.name in grads);
        const sizes = reached.map(([key, variable]) => [key, largest(grads[variable.name]!)] as const);
        return { what, loss: value.dataSync()[0]!, gradients: Object.fromEntries(sizes) };
      };
      const { pretraining, remember } = method;
      found.push(resultOf('loss', () => method.loss(inputs)));
      if (pretraining) found.push(resultOf('loss of the stage before', () => pretraining(inputs)));
      if (remember) {
        remember(inputs);
        const state = Object.entries(method.weights).filter(([, { trainable }]) => !trainable);
        const sizes = state.map(([key, variable]) => [key, largest(variable)] as const);
        found.push({ what: 'memory', gradients: Object.fromEntries(sizes) });
      }
    });
  } finally {
    method.dispose();
  }
  return found;
}

function largest(tensor: tf.Tensor): number {
  return tensor.dataSync<'float32'>().reduce((most, value) => {
    // Whatever is compared with NaN is lost.
    return Number.isNaN(value) ? NaN : Math.max(most, Math.abs(value));
  }, 0);
}
