import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { ready } from '../../src/engine/backends';
import { methods } from '../../src/engine/methods/registry';
import { buildModel } from '../../src/engine/models/build';
import type { Model } from '../../src/engine/models/model';
import { createHookTerms } from '../../src/engine/train/hook-term';
import { Trainer } from '../../src/engine/train/trainer';
import { hookPairs } from '../../src/recipe/hook-pairs';
import type { Hook, TrainSettings } from '../../src/recipe/schema';

type Weights = Readonly<Record<'shallow' | 'deep' | 'head', readonly number[]>>;

interface Case {
  /** The terms of the loss before each step. */
  readonly steps: readonly Readonly<Record<string, number>>[];
  readonly initial: Readonly<Record<string, Weights>>;
  /** After the last step, of those that learn. */
  readonly weights: Readonly<Record<string, Weights>>;
  readonly between?: { readonly student: Weights };
  /** The kernels of the hooks' regressors, by the hooks' names. */
  readonly regressors?: Readonly<Record<'initial' | 'weights', Readonly<Record<string, readonly number[]>>>>;
}

interface Fixture {
  readonly images: { readonly shape: [number, number, number, number]; readonly data: readonly number[] };
  readonly labels: readonly number[];
  readonly optimizer: TrainSettings['optimizer'];
  readonly clip: number;
  readonly cases: Readonly<Record<'mutual' | 'cohort' | 'ensemble' | 'itself' | 'stages' | 'grouped', Case>>;
}

const fixture = JSON.parse(
  fs.readFileSync(path.join(__dirname, '../fixtures/pytorch/composition.json'), 'utf8'),
) as Fixture;

/** The network of the fixture. */
function modelWith(weights: Weights): Model {
  const [, height, width, channels] = fixture.images.shape;
  const inputShape: [number, number, number] = [height, width, channels];
  const model = buildModel(
    () => {
      const input = tf.input({ shape: inputShape });
      const convolution = (name: string, filters: number) =>
        tf.layers.conv2d({ name, filters, kernelSize: 1, useBias: false });
      const deep = convolution('deep', 3).apply(convolution('shallow', 2).apply(input));
      const head = tf.layers.dense({ name: 'head', units: 3, useBias: false });
      const output = head.apply(tf.layers.flatten().apply(deep)) as tf.SymbolicTensor;
      return tf.model({ inputs: input, outputs: output });
    },
    { inputShape, classes: 3 },
    { seed: 0 },
  );
  for (const [name, values] of Object.entries(weights)) {
    const weight = model.weights.get(`${name}/kernel`)!;
    weight.write(tf.tensor([...values], weight.shape as number[]));
  }
  return model;
}

const batch = {
  images: Float32Array.from(fixture.images.data),
  shape: fixture.images.shape,
  labels: Int32Array.from(fixture.labels),
  sampleIds: Int32Array.from(fixture.labels.keys()),
};

/** Trains as long as PyTorch did, and gives the weights after each step, by model. */
async function train(
  { initial, steps, regressors }: Case,
  learning: readonly string[],
  hooks: readonly Hook[],
  settings: Partial<TrainSettings> = {},
): Promise<Record<string, Record<string, number[]>>[]> {
  const models = new Map(Object.entries(initial).map(([name, weights]) => [name, modelWith(weights)]));
  const student = models.get('student')!;
  const teachers = new Map(
    [...models]
      .filter(([name]) => name !== 'student')
      .map(([name, model]) => [name, { model, learns: learning.includes(name) }]),
  );
  const terms = createHookTerms(hookPairs({ hooks: [...hooks] }, methods), { student, teachers }, 6, 0);
  const kernels = new Map(
    Object.keys(regressors?.initial ?? {}).map((hook) => [
      hook,
      terms.find(({ name }) => name === hook)!.method.weights['regressor/kernel']!,
    ]),
  );
  for (const [hook, kernel] of kernels) {
    kernel.assign(tf.tensor([...regressors!.initial[hook]!], kernel.shape));
  }
  const trainer = new Trainer({
    recipe: {
      task: { type: 'classification', lossWeight: 1, labelSmoothing: 0 },
      train: {
        epochs: steps.length,
        batchSize: 6,
        optimizer: fixture.optimizer,
        groups: [],
        schedule: { type: 'constant' },
        accumulate: 1,
        seed: 0,
        checkpointEvery: 1,
        ...settings,
      },
    },
    student,
    teachers,
    hooks: terms,
    stepsPerEpoch: 1,
    totalSteps: steps.length,
  });
  const after = [];
  for (const expected of steps) {
    const { terms, loss } = await trainer.step([batch]);
    assert.deepEqual(Object.keys(terms).sort(), Object.keys(expected).sort());
    for (const [name, value] of Object.entries(expected)) near(terms[name]!, value, name);
    near(
      loss,
      Object.values(expected).reduce((sum, term) => sum + term, 0),
      'the loss',
    );
    after.push(
      Object.fromEntries(
        [...models].map(([name, model]) => [
          name,
          Object.fromEntries(
            ['shallow', 'deep', 'head'].map((layer) => [
              layer,
              [...model.weights.get(`${layer}/kernel`)!.read().dataSync()],
            ]),
          ),
        ]),
      ),
    );
  }
  for (const [hook, kernel] of kernels) {
    kernel
      .dataSync()
      .forEach((value, index) => near(value, regressors!.weights[hook]![index]!, `${hook}[${index}]`));
  }
  trainer.dispose();
  return after;
}

function near(actual: number, expected: number, what: string): void {
  const tolerance = 1e-5 * Math.max(1, Math.abs(expected));
  assert.ok(Math.abs(actual - expected) < tolerance, `${what}: ${actual} is not ${expected}`);
}

function same(actual: Record<string, number[]>, expected: Weights, model: string): void {
  for (const [layer, values] of Object.entries(expected)) {
    values.forEach((value: number, index: number) =>
      near(actual[layer]![index]!, value, `${model}'s ${layer}[${index}]`),
    );
  }
}

const kd = (temperature: number, weight: number, from?: Hook['from']): Hook => ({
  method: 'kd',
  weight,
  options: { temperature },
  ...(from !== undefined && { from }),
});

const at = (student: string, teacher: string, from?: Hook['from']): Hook => ({
  method: 'at',
  student,
  teacher,
  weight: 5,
  options: {},
  ...(from !== undefined && { from }),
});

describe('a training of several models, as PyTorch does it', () => {
  before(() => ready());

  it('two models that learn from each other, each clipped by itself', async () => {
    const { mutual } = fixture.cases;
    const after = await train(mutual, ['peer'], [kd(1, 1, 'peer')], { clip: { norm: fixture.clip } });
    for (const model of ['student', 'peer']) same(after.at(-1)![model]!, mutual.weights[model]!, model);
  });

  it('three that each learn from both others, by the mean of the losses', async () => {
    const { cohort } = fixture.cases;
    const after = await train(cohort, ['one', 'two'], [kd(1, 1, ['one', 'two'])]);
    for (const model of ['student', 'one', 'two']) same(after.at(-1)![model]!, cohort.weights[model]!, model);
  });

  it('two whose weights, and those of their hooks, learn at the rates of their groups', async () => {
    const { grouped } = fixture.cases;
    const hint: Hook = { ...at('deep', 'deep', 'peer'), method: 'fitnets', weight: 1 };
    const after = await train(grouped, ['peer'], [{ ...hint, options: { regressor: 'linear' } }], {
      groups: [
        { match: 'teachers/peer/shallow/*', lrMultiplier: 0.5, weightDecay: 0 },
        { match: 'teachers/peer/**', lrMultiplier: 2 },
        { match: 'hooks/peer/**', lrMultiplier: 0.25 },
        { match: 'hooks/fitnets@deep:peer/**', weightDecay: 0.1 },
      ],
    });
    for (const model of ['student', 'peer']) same(after.at(-1)![model]!, grouped.weights[model]!, model);
  });

  it('a student of two teachers, by the mean of losses or of maps, which stay as they are', async () => {
    const { ensemble } = fixture.cases;
    const from = ['one', 'two'];
    const after = await train(ensemble, [], [kd(4, 0.9, from), at('deep', 'deep', from)]);
    same(after.at(-1)!.student!, ensemble.weights.student!, 'student');
    for (const name of from) same(after.at(-1)![name]!, ensemble.initial[name]!, name);
  });

  it('a student whose shallow layer learns from its deep one, and not the other way', async () => {
    const { itself } = fixture.cases;
    const after = await train(itself, [], [at('shallow', 'deep', 'student')]);
    same(after.at(-1)!.student!, itself.weights.student!, 'student');
  });

  it('in stages: a hook alone, then another with the task, a fresh optimizer and a frozen layer', async () => {
    const { stages } = fixture.cases;
    const after = await train(
      { ...stages, initial: stages.initial },
      [],
      [at('shallow', 'shallow', 'teacher'), kd(4, 0.5, 'teacher')],
      {
        stages: [
          { epochs: 2, hooks: ['at@*'], task: false },
          { epochs: 2, hooks: ['kd'], learn: ['deep/*', 'head/**'], lr: 0.1 },
        ],
      },
    );
    same(after[1]!.student!, stages.between!.student, 'student');
    same(after[3]!.student!, stages.weights.student!, 'student');
    assert.deepEqual(after[3]!.student!.shallow, after[1]!.student!.shallow);
    same(after[3]!.teacher!, stages.initial.teacher!, 'teacher');
  });
});

describe('hooks and stages on real models', () => {
  before(() => ready());

  const { ensemble, mutual } = fixture.cases;

  /** One layer more, so that shapes differ. */
  function wider(): Model {
    const input = tf.input({ shape: [2, 2, 2] });
    const deep = tf.layers.conv2d({ name: 'deep', filters: 4, kernelSize: 1 }).apply(input);
    const output = tf.layers.dense({ units: 3 }).apply(tf.layers.flatten().apply(deep));
    return buildModel(
      () => tf.model({ inputs: input, outputs: output as tf.SymbolicTensor }),
      { inputShape: [2, 2, 2], classes: 3 },
      { seed: 0 },
    );
  }

  const refused = (
    hooks: readonly Hook[],
    message: RegExp | object,
    other: Model = modelWith(ensemble.initial.two!),
  ) => {
    const student = modelWith(ensemble.initial.student!);
    const teachers = new Map([
      ['one', { model: modelWith(ensemble.initial.one!), learns: false }],
      ['other', { model: other, learns: false }],
    ]);
    assert.throws(
      () => createHookTerms(hookPairs({ hooks: [...hooks] }, methods), { student, teachers }, 6, 0),
      message,
    );
  };

  it('refuse the mean of activations of different shapes, naming both', () => {
    refused(
      [at('deep', 'deep', ['one', 'other'])],
      /the mean needs activations of one shape, but those of "one" are \[2, 2, 3\] and those of "other" \[2, 2, 4\]/,
      wider(),
    );
  });

  it('name the place of an unknown layer in a list', () => {
    const hook = { ...at('deep', 'deep', 'one'), student: ['deep', 'deep'], teacher: ['deep', 'dep'] };
    refused([hook], { path: 'hooks[0].teacher[1]', message: 'no layer "dep"; did you mean "deep"?' });
  });

  const planned = (stages: NonNullable<TrainSettings['stages']>, message: RegExp) =>
    assert.rejects(() => train({ ...mutual, steps: [{}, {}] }, [], [kd(1, 1, 'peer')], { stages }), message);

  it('refuse globs of weights that match none, methods without anything to learn, stages without a step', async () => {
    await planned(
      [{ epochs: 2, learn: ['deep/*', 'haed/*'] }],
      /train\.stages\[0\]\.learn\[1\]: no weight of the student matches "haed\/\*"; did you mean "head\/\*"\?/,
    );
    await planned(
      [{ epochs: 1, pretrain: true }, { epochs: 1 }],
      /train\.stages\[0\]\.pretrain: no method of its hooks has anything to learn beforehand/,
    );
    await planned(
      [{ epochs: 0.2 }, { epochs: 1.8 }],
      /train\.stages\[0\]\.epochs: must be longer: .* not one step/,
    );
  });

  it('refuse a stage whose losses reach no weight that learns', async () => {
    const stages = [{ epochs: 3, task: false, hooks: ['at@*'], learn: ['head/*'] }];
    await assert.rejects(
      () => train({ ...mutual, steps: [{}] }, [], [at('deep', 'deep', 'peer')], { stages }),
      /train\.stages\[0\]: no loss of this stage reaches a weight that learns in it/,
    );
  });

  it('let the teacher at "teacher" learn too', async () => {
    const rename = <Value>(values: Readonly<Record<string, Value>>): Record<string, Value> =>
      Object.fromEntries(
        Object.entries(values).map(([name, value]) => [
          name.replace('kd:peer', 'kd').replace('peer', 'teacher'),
          value,
        ]),
      );
    const renamed = { ...mutual, initial: rename(mutual.initial), steps: mutual.steps.map(rename) };
    const after = await train(renamed, ['teacher'], [kd(1, 1)], { clip: { norm: fixture.clip } });
    same(after.at(-1)!.teacher!, mutual.weights.peer!, 'teacher');
  });
});
