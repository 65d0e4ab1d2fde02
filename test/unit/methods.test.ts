import * as assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { ready } from '../../src/engine/backends';
import type { DistillationMethod, LossInputs, OneOrMore, Shape } from '../../src/engine/methods/method';
import { createMethod, methods } from '../../src/engine/methods/registry';
import { sampleShape } from '../../src/engine/methods/shapes';
import { byName, readFixture } from '../parity/fixture';
import { cases } from './methods-cases';
import { byLayer, create, methodOf, normal, shapesOf } from './methods-helpers';

describe('methods', () => {
  before(() => ready());

  it('are all in the table', () => {
    assert.deepEqual(
      [...new Set(Object.keys(cases).map(methodOf))].sort(),
      methods.map(({ name }) => name).sort(),
    );
  });

  for (const [name, each] of Object.entries(cases)) {
    describe(name, () => {
      const { starts = {}, pretrained = [] } = each;
      let method: DistillationMethod;
      let student: tf.Variable[];
      let teacher: tf.Variable[];
      let logits: Record<'student' | 'teacher', tf.Variable<tf.Rank.R2>> | undefined;

      beforeEach(() => {
        method = create(name, each, 1);
        const drawn = (side: 'student' | 'teacher'): tf.Variable[] =>
          shapesOf(each[side]).map((shape, place) =>
            tf.tidy(() => tf.variable(normal(`${side}${place || ''}`, shape))),
          );
        [student, teacher] = [drawn('student'), drawn('teacher')];
        const { classes } = each;
        const of = (side: string): tf.Variable<tf.Rank.R2> =>
          tf.tidy(() =>
            tf.variable(normal(`logits of ${side}`, [student[0]!.shape[0], classes!]) as tf.Tensor2D),
          );
        logits = classes === undefined ? undefined : { student: of('student'), teacher: of('teacher') };
      });
      afterEach(() => {
        method.dispose();
        tf.dispose([...student, ...teacher]);
        tf.dispose({ ...logits });
      });

      /** Of a tensor with the rows of a batch, those of so many such batches in one, or those of one sample. */
      const rows = (tensor: tf.Tensor, times = 1, sample?: number): tf.Tensor => {
        const { views = 1 } = each;
        const rest = tensor.shape.slice(1);
        const apart = tf.reshape(tensor, [views, tensor.shape[0] / views, ...rest]);
        const taken =
          sample === undefined
            ? tf.concat(Array<tf.Tensor>(times).fill(apart), 1)
            : tf.slice(apart, [0, sample], [views, 1]);
        return tf.reshape(taken, [-1, ...rest]);
      };

      type Beside = Omit<LossInputs, 'student' | 'teacher'>;

      /** What the loss needs beside student and teacher, for so many batches in one, or for one sample. */
      const beside = (times = 1, sample?: number): Beside => {
        const numbers = (all: readonly number[]): tf.Tensor1D => {
          const chosen = sample === undefined ? all : [all[sample]!];
          return tf.tensor1d(Array<readonly number[]>(times).fill(chosen).flat(), 'int32');
        };
        const of = (tensor: tf.Tensor): tf.Tensor2D =>
          (times === 1 && sample === undefined ? tensor : rows(tensor, times, sample)) as tf.Tensor2D;
        return {
          ...(each.labels && { labels: numbers(each.labels) }),
          ...(each.sampleIds && { sampleIds: numbers(each.sampleIds) }),
          ...(logits && { logits: { student: of(logits.student), teacher: of(logits.teacher) } }),
        };
      };
      const inputs = (more = beside()): LossInputs<OneOrMore<tf.Tensor>> => ({
        student: byLayer(student),
        teacher: byLayer(teacher),
        ...more,
      });
      const lossOf = (more = beside()): tf.Scalar => method.loss(inputs(more));

      /** What a gradient reaches by name: the student's, and the weights that the loss teaches. */
      const learners = (): Record<string, tf.Variable> => ({
        ...Object.fromEntries(student.map((layer, place) => [`student${place || ''}`, layer])),
        ...(logits && { logits: logits.student }),
        ...Object.fromEntries(
          Object.entries(method.weights).filter(
            ([key, { trainable }]) => trainable && !pretrained.includes(key),
          ),
        ),
      });

      /** Loss and gradients of student and weights, as numbers. */
      const gradients = (factor = 1): { loss: number; of: Record<string, Float32Array> } =>
        tf.tidy(() => {
          const { value, grads } = tf.variableGrads(
            () => tf.mul(lossOf(), factor),
            Object.values(learners()),
          );
          return {
            loss: value.dataSync()[0]!,
            of: Object.fromEntries(
              Object.entries(learners()).map(([key, { name: variable }]) => [
                key,
                grads[variable]!.dataSync<'float32'>(),
              ]),
            ),
          };
        });

      /** Twenty steps down a loss, each gradient by the size of all, so that one rate does for any loss. */
      const descend = (loss: () => tf.Scalar, variables: readonly tf.Variable[]): void => {
        for (let step = 0; step < 20; step++) {
          tf.tidy(() => {
            const { grads } = tf.variableGrads(loss, [...variables]);
            const norm = Math.sqrt(
              tf.addN(Object.values(grads).map((gradient) => tf.sum(tf.square(gradient)))).dataSync()[0]!,
            );
            for (const variable of variables) {
              variable.assign(tf.sub(variable, tf.mul(grads[variable.name]!, 0.1 / norm)));
            }
          });
        }
      };

      it("starts as its authors' code does", () => {
        assert.deepEqual(Object.keys(method.weights).sort(), Object.keys(starts).sort());
        for (const [weight, start] of Object.entries(starts)) {
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
          const made = create(name, each, seed);
          const read = Object.entries(made.weights).map(([key, weight]) => [key, weight.dataSync()] as const);
          made.dispose();
          return Object.fromEntries(read);
        };
        assert.deepEqual(values(3), values(3));
        if (Object.values(starts).some((start) => typeof start !== 'number')) {
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
          const learnt = [...student, ...(logits ? [logits.student] : [])];
          const { grads } = tf.variableGrads(lossOf, [
            ...learnt,
            ...teacher,
            ...(logits ? [logits.teacher] : []),
          ]);
          assert.deepEqual(Object.keys(grads).sort(), learnt.map((layer) => layer.name).sort());
        });
      });

      it('teaches the weights of the stage before the others in that stage alone', () => {
        setRandomWeights(method);
        const variables = Object.values(method.weights);
        const reached = (loss: () => tf.Scalar): string[] =>
          tf.tidy(() => {
            const { grads } = tf.variableGrads(loss, [...student, ...teacher, ...variables]);
            return Object.keys(method.weights).filter((key) => grads[method.weights[key]!.name]);
          });
        const others = Object.keys(method.weights).filter(
          (key) => method.weights[key]!.trainable && !pretrained.includes(key),
        );
        assert.deepEqual(reached(lossOf), others);
        assert.equal(method.pretraining !== undefined, pretrained.length > 0);
        const { pretraining } = method;
        if (!pretraining) return;
        assert.deepEqual(
          reached(() => pretraining(inputs())),
          pretrained,
        );
        const value = (): number => tf.tidy(() => pretraining(inputs()).dataSync()[0]!);
        const before = value();
        descend(
          () => pretraining(inputs()),
          pretrained.map((key) => method.weights[key]!),
        );
        assert.ok(value() < before);
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
        descend(lossOf, Object.values(learners()));
        assert.ok(gradients().loss < first);
        for (const [key, values] of before) {
          if (each.vanishing?.includes(key) || pretrained.includes(key)) continue;
          if (!method.weights[key]!.trainable) continue;
          assert.notDeepEqual(method.weights[key]!.dataSync(), values, `${key} has not moved`);
        }
      });

      it(`${each.perSample ? 'is' : 'is not'} the mean over its samples, and the same on a batch given twice`, () => {
        setRandomWeights(method);
        const loss = (of: (layer: tf.Tensor) => tf.Tensor, more: Beside): number => {
          const input = (layers: tf.Variable[]) => byLayer(layers.map((layer) => of(layer)));
          return method.loss({ student: input(student), teacher: input(teacher), ...more }).dataSync()[0]!;
        };
        const count = student[0]!.shape[0] / (each.views ?? 1);
        const { whole, twice, samples } = tf.tidy(() => ({
          whole: loss((layer) => layer, beside()),
          twice: loss((layer) => rows(layer, 2), beside(2)),
          samples: Array.from({ length: each.needsTwo ? 0 : count }, (_, index) =>
            loss((layer) => rows(layer, 1, index), beside(1, index)),
          ),
        }));
        assert.equal(
          Math.abs(twice - whole) < 1e-5 * whole,
          !each.changesWithTwins,
          `${twice} on the batch twice, ${whole} on it once`,
        );
        if (each.needsTwo) return;
        const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
        assert.equal(Math.abs(mean - whole) < 1e-5 * whole, each.perSample ?? false, `${mean} and ${whole}`);
      });

      it('leaves nothing behind but the loss', () => {
        const more = beside();
        const loss = (): tf.Scalar => lossOf(more);
        const kept = tf.memory().numTensors;
        loss().dispose();
        assert.equal(tf.memory().numTensors, kept);
        const { value, grads } = tf.variableGrads(loss, Object.values(learners()));
        assert.equal(tf.memory().numTensors, kept + 1 + Object.keys(grads).length);
        tf.dispose([value, grads]);
        assert.equal(tf.memory().numTensors, kept);
        tf.dispose([more.labels, more.sampleIds]);
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
          assert.throws(
            () => lossWith(tf.slice(first, 0, 3)),
            new RegExp(`3 samples and the teacher's ${first.shape[0]}`),
          );
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
            message: `${methodOf(name)} has no tensor "${weight}x"; did you mean "${weight}"?`,
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

/** Away from the start, where some weights are zero; state stays as it is. */
function setRandomWeights(method: DistillationMethod): void {
  const trained = Object.entries(method.weights).filter(([, { trainable }]) => trainable);
  tf.tidy(() =>
    method.setWeights(
      Object.fromEntries(
        trained.map(([name, weight]) => [
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
