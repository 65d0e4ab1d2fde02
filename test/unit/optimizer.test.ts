import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { ready } from '../../src/engine/backends';
import { clipGradients } from '../../src/engine/train/clip';
import { assignGroups } from '../../src/engine/train/groups';
import { createOptimizer, type Optimizer } from '../../src/engine/train/optimizer';
import type { OptimizerSettings, ParameterGroup, TrainSettings } from '../../src/recipe/schema';
import type { StoredTensor } from '../parity/fixture';

/** What PyTorch made of the same problem: `scripts/fixtures/pytorch.py`. */
interface Fixture {
  readonly x: StoredTensor;
  readonly y: StoredTensor;
  readonly initial: Record<string, StoredTensor>;
  readonly cases: {
    readonly name: string;
    readonly optimizer: OptimizerSettings;
    readonly groups: ParameterGroup[];
    readonly clip: NonNullable<TrainSettings['clip']>;
    readonly accumulate: number;
    readonly lrs: number[];
    readonly losses: number[];
    readonly weights: Record<string, StoredTensor>;
  }[];
}

const fixture = JSON.parse(
  fs.readFileSync(path.join(__dirname, '../fixtures/pytorch/optimizers.json'), 'utf8'),
) as Fixture;

const tolerance = 1e-5;
const sgd: OptimizerSettings = { type: 'sgd', lr: 0.1, momentum: 0.9, nesterov: false, weightDecay: 0.01 };
const adam: OptimizerSettings = {
  type: 'adam',
  lr: 0.02,
  betas: [0.9, 0.999],
  epsilon: 1e-8,
  weightDecay: 0.1,
};

describe('optimizers', () => {
  before(() => ready());

  describe("take PyTorch's steps", () => {
    for (const each of fixture.cases) {
      it(each.name, () => {
        const problem = makeProblem();
        const optimizer = createOptimizer(
          each.optimizer,
          assignGroups(problem.parameters, each.groups, each.optimizer.weightDecay),
        );
        each.lrs.forEach((lr, step) => {
          const loss = problem.descend(optimizer, lr, each);
          assertNear(loss, each.losses[step]!, `loss at step ${step}`);
        });
        for (const [name, expected] of Object.entries(each.weights)) {
          const actual = problem.parameters.get(name)!.dataSync();
          expected.data.forEach((value, index) => assertNear(actual[index]!, value, `${name}[${index}]`));
        }
        optimizer.dispose();
        problem.dispose();
      });
    }
  });

  const kinds: Record<string, OptimizerSettings> = {
    'SGD with momentum': sgd,
    'SGD without': { ...sgd, momentum: 0 },
    Adam: adam,
    AdamW: { ...adam, type: 'adamw' },
  };
  for (const [name, settings] of Object.entries(kinds)) {
    it(`${name}: goes on from its state as if never stopped, bit for bit`, async () => {
      const whole = makeProblem();
      const wholeOptimizer = createOptimizer(settings, assignGroups(whole.parameters, [], 0.01));
      for (let step = 0; step < 3; step++) whole.descend(wholeOptimizer, 0.05);

      const resumed = makeProblem();
      const resumedOptimizer = createOptimizer(settings, assignGroups(resumed.parameters, [], 0.01));
      for (const [weight, variable] of resumed.parameters) variable.assign(whole.parameters.get(weight)!);
      await resumedOptimizer.setState(wholeOptimizer.state());

      for (let step = 0; step < 3; step++) {
        whole.descend(wholeOptimizer, 0.05);
        resumed.descend(resumedOptimizer, 0.05);
      }
      for (const [weight, variable] of whole.parameters) {
        assert.deepEqual(variable.dataSync(), resumed.parameters.get(weight)!.dataSync(), weight);
      }
      tf.dispose([...whole.parameters.values(), ...resumed.parameters.values()]);
      wholeOptimizer.dispose();
      resumedOptimizer.dispose();
    });

    it(`${name}: leaves no tensor behind`, () => {
      const before = tf.memory().numTensors;
      const problem = makeProblem();
      const optimizer = createOptimizer(settings, assignGroups(problem.parameters, [], 0.01));
      problem.descend(optimizer, 0.05);
      const afterOne = tf.memory().numTensors;
      for (let step = 0; step < 5; step++) problem.descend(optimizer, 0.05);
      assert.equal(tf.memory().numTensors, afterOne);
      optimizer.dispose();
      problem.dispose();
      assert.equal(tf.memory().numTensors, before);
    });
  }

  it('leaves a weight without a gradient alone, decay and all', () => {
    const problem = makeProblem();
    const optimizer = createOptimizer(sgd, assignGroups(problem.parameters, [], 0.01));
    tf.tidy(() => optimizer.step({ 'head/bias': tf.ones([2]) }, 0.1));
    for (const [name, variable] of problem.parameters) {
      const initial = Float32Array.from(fixture.initial[name]!.data);
      if (name === 'head/bias') assert.notDeepEqual(variable.dataSync(), initial);
      else assert.deepEqual(variable.dataSync(), initial, name);
    }
    optimizer.dispose();
    problem.dispose();
  });

  it('refuses a state that is not its own, and keeps the one it has', async () => {
    const problem = makeProblem();
    const optimizer = createOptimizer(sgd, assignGroups(problem.parameters, [], 0.01));
    problem.descend(optimizer, 0.1);
    const kept = optimizer.state()['momentum/head/bias']!.dataSync();
    const [bias, kernel] = [tf.zeros([2]), tf.zeros([2, 5])];
    const whole = { ...optimizer.state(), 'momentum/head/bias': bias };
    const cases: [Record<string, tf.Tensor>, RegExp][] = [
      [{ 'momentum/head/bias': bias }, /"step" is missing/],
      [
        { ...whole, 'momentum/haed/bias': bias },
        /"momentum\/haed\/bias"; did you mean "momentum\/head\/bias"/,
      ],
      [
        { ...whole, 'momentum/head/kernel': kernel },
        /"momentum\/head\/kernel" has the shape \[5, 2\], not \[2, 5\]/,
      ],
    ];
    for (const [wrong, message] of cases) {
      await assert.rejects(optimizer.setState(wrong), { name: 'InputError', message });
    }
    tf.dispose([bias, kernel]);
    assert.deepEqual(optimizer.state()['momentum/head/bias']!.dataSync(), kept);
    optimizer.dispose();
    problem.dispose();
  });
});

describe('parameter groups', () => {
  before(() => ready());

  it('give a weight the settings of the first glob that matches', () => {
    const problem = makeProblem();
    const assigned = assignGroups(
      problem.parameters,
      [
        { match: '**/bias', weightDecay: 0 },
        { match: 'head/*', lrMultiplier: 10, weightDecay: 0.2 },
      ],
      0.01,
    );
    assert.deepEqual(
      assigned.map(({ name, lrMultiplier, weightDecay }) => [name, lrMultiplier, weightDecay]),
      [
        ['body/kernel', 1, 0.01],
        ['body/bias', 1, 0],
        ['head/kernel', 10, 0.2],
        ['head/bias', 1, 0],
      ],
    );
    problem.dispose();
  });

  it('refuse a glob that matches nothing, with a near one', () => {
    const problem = makeProblem();
    for (const [match, near] of [
      ['haed/*', 'head/*'],
      ['body/kernle', 'body/kernel'],
    ] as const) {
      assert.throws(() => assignGroups(problem.parameters, [{ match: '**' }, { match }], 0), {
        name: 'InputError',
        message: `train.groups[1].match: no weight matches "${match}"; did you mean "${near}"?`,
      });
    }
    problem.dispose();
  });
});

function makeProblem() {
  const x = toTensor(fixture.x);
  const y = toTensor(fixture.y);
  const parameters = new Map(
    Object.entries(fixture.initial).map(([name, value]) => [
      name,
      tf.tidy(() => tf.variable(toTensor(value))),
    ]),
  );
  const dense = (layer: string, inputs: tf.Tensor): tf.Tensor =>
    tf.add(
      tf.matMul(inputs as tf.Tensor2D, parameters.get(`${layer}/kernel`)! as tf.Tensor as tf.Tensor2D),
      parameters.get(`${layer}/bias`)!,
    );
  const loss = (inputs: tf.Tensor, targets: tf.Tensor): tf.Scalar =>
    tf.mean(tf.squaredDifference(dense('head', tf.tanh(dense('body', inputs))), targets));

  return {
    parameters,
    dispose: () => tf.dispose([x, y, ...parameters.values()]),
    /** One step on the mean over the parts of the batch; gives the loss before it. */
    descend: (
      optimizer: Optimizer,
      lr: number,
      { accumulate = 1, clip = {} }: { accumulate?: number; clip?: NonNullable<TrainSettings['clip']> } = {},
    ): number =>
      tf.tidy(() => {
        const targets = tf.split(y, accumulate);
        const passes = tf
          .split(x, accumulate)
          .map((part, index) =>
            tf.variableGrads(() => loss(part, targets[index]!), [...parameters.values()]),
          );
        const gradients = Object.fromEntries(
          [...parameters].map(([name, variable]) => [
            name,
            tf.addN(passes.map(({ grads }) => grads[variable.name]!)).div(accumulate),
          ]),
        );
        optimizer.step(clipGradients(gradients, clip), lr);
        return tf
          .addN(passes.map(({ value }) => value))
          .div(accumulate)
          .dataSync()[0]!;
      }),
  };
}

function toTensor({ data, shape }: StoredTensor): tf.Tensor {
  return tf.tensor(data, shape, 'float32');
}

function assertNear(actual: number, expected: number, what: string): void {
  assert.ok(
    Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected)),
    `${what} is ${actual}, PyTorch has ${expected}`,
  );
}
