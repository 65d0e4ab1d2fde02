import assert from 'node:assert/strict';
import * as tf from '@tensorflow/tfjs';
import { ready } from '../../src/engine/backends';
import { buildModel } from '../../src/engine/models/build';
import type { Model } from '../../src/engine/models/model';
import type { Builder } from '../../src/engine/models/network';
import { captureWeights, restoreWeights } from '../../src/engine/models/weights';
import { withSeededRandom } from '../../src/engine/random';
import { ActivationReader, LOGITS } from '../../src/engine/train/activations';

const args = { inputShape: [8, 8, 3] as [number, number, number], classes: 5 };

function build(builder: Builder, seed = 0): Model {
  return buildModel(builder, args, { seed });
}

const conv = (filters: number, name?: string) =>
  tf.layers.conv2d({ filters, kernelSize: 3, padding: 'same', ...(name !== undefined && { name }) });

type Symbolic = tf.SymbolicTensor;

const unnamed: Builder = ({ inputShape, classes }) => {
  const inputs = tf.input({ shape: inputShape });
  let x = conv(4).apply(inputs) as Symbolic;
  x = tf.layers.batchNormalization().apply(x) as Symbolic;
  x = conv(4, 'mine').apply(x) as Symbolic;
  x = conv(4).apply(x) as Symbolic;
  x = tf.layers.globalAveragePooling2d({}).apply(x) as Symbolic;
  x = tf.layers.dropout({ rate: 0.5 }).apply(x) as Symbolic;
  return tf.model({ inputs, outputs: tf.layers.dense({ units: classes }).apply(x) as Symbolic });
};

function values(model: Model): Record<string, number[]> {
  return Object.fromEntries(
    [...model.weights].map(([name, weight]) => [name, [...weight.read().dataSync()]]),
  );
}

function images(): tf.Tensor4D {
  return tf.randomNormal([3, 8, 8, 3], 0, 1, 'float32', 7);
}

/** The activations in the order of the ids. */
function read(model: Model, ids: readonly string[], training: boolean, from = images()): tf.Tensor[] {
  const activations = new ActivationReader(model, ids).read(from, training);
  return ids.map((id) => activations.get(id)!);
}

function assertClose(actual: tf.Tensor, expected: tf.Tensor, tolerance = 1e-5): void {
  assert.deepEqual(actual.shape, expected.shape);
  const difference = tf.tidy(() => actual.sub(expected).abs().max().dataSync()[0]!);
  assert.ok(difference <= tolerance, `differs by ${difference}`);
}

describe('a model', () => {
  before(() => ready());

  it('has layer ids and weight names that depend on it alone', () => {
    const before = build(unnamed);
    build(({ inputShape }) => {
      conv(3);
      return tf.sequential({
        layers: [tf.layers.flatten({ inputShape }), tf.layers.dense({ units: 5 }), tf.layers.reLU()],
      });
    });
    const after = build(unnamed);
    for (const model of [before, after]) {
      assert.deepEqual(
        model.layers.map((layer) => layer.id),
        [
          'input',
          'conv2d_1',
          'batch_normalization_1',
          'mine',
          'conv2d_2',
          'global_average_pooling2d_1',
          'dropout_1',
          'dense_1',
        ],
      );
      assert.deepEqual(
        [...model.weights.keys()].filter((name) => name.startsWith('batch') || name.startsWith('mine')),
        [
          'batch_normalization_1/gamma',
          'batch_normalization_1/beta',
          'batch_normalization_1/moving_mean',
          'batch_normalization_1/moving_variance',
          'mine/kernel',
          'mine/bias',
        ],
      );
    }
  });

  it('keeps the names that its author gave, also where they look like ids of ours', () => {
    const model = build(({ inputShape }) =>
      tf.sequential({
        layers: [
          tf.layers.conv2d({ filters: 2, kernelSize: 3, inputShape }),
          conv(2, 'conv2d_1'),
          tf.layers.flatten(),
          tf.layers.dense({ units: 5, name: 'dense_Dense' }),
        ],
      }),
    );
    assert.deepEqual(
      model.layers.map((layer) => layer.id),
      ['input', 'conv2d_2', 'conv2d_1', 'flatten_1', 'dense_Dense'],
    );
  });

  it('numbers layers of classes of its own, also of a name that ends in a digit', () => {
    class Scale2 extends tf.layers.Layer {
      static className = 'Scale2';
    }
    const model = build(({ inputShape, classes }) =>
      tf.sequential({
        layers: [
          new Scale2({ inputShape }),
          new Scale2({}),
          tf.layers.flatten(),
          tf.layers.dense({ units: classes }),
        ],
      }),
    );
    assert.deepEqual(
      model.layers.map((layer) => layer.id),
      ['input', 'scale2_1', 'scale2_2', 'flatten_1', 'dense_1'],
    );
  });

  it('has weights that depend on the seed alone', () => {
    const first = values(build(unnamed, 1));
    build(unnamed, 2);
    assert.deepEqual(values(build(unnamed, 1)), first);
    assert.notDeepEqual(values(build(unnamed, 2))['mine/kernel'], first['mine/kernel']);
    assert.notDeepEqual(first['conv2d_2/kernel'], first['mine/kernel']);
  });

  it('tells an unknown layer, with the nearest right name', () => {
    assert.throws(() => build(unnamed).layer('minne'), {
      name: 'InputError',
      message: 'no layer "minne"; did you mean "mine"?',
    });
  });

  it('counts parameters and operations', () => {
    const model = build(({ inputShape, classes }) =>
      tf.sequential({
        layers: [
          tf.layers.separableConv2d({ filters: 6, kernelSize: 3, inputShape }), // 3x3x3 and 3x6, at 6x6 places
          tf.layers.batchNormalization(),
          tf.layers.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 2, trainable: false }), // from 6x6 places
          tf.layers.depthwiseConv2d({ kernelSize: 3, strides: 3, useBias: false }), // 3x3x2, at 4x4 places
          tf.layers.flatten(),
          tf.layers.dense({ units: classes }),
        ],
      }),
    );
    const of = (key: 'parameters' | 'flops') => model.layers.map((layer) => layer[key]);
    const dense = 4 * 4 * 2 * 5;
    assert.deepEqual(of('parameters'), [0, 27 + 18 + 6, 12, 2 * 2 * 6 * 2 + 2, 18, 0, dense + 5]);
    assert.deepEqual(of('flops'), [0, 2 * 45 * 36, 0, 2 * 48 * 36, 2 * 18 * 16, 0, 2 * dense]);
    assert.equal(model.parameters, 51 + 12 + 50 + 18 + dense + 5);
    assert.equal(model.weights.get('conv2d_transpose_1/kernel')!.trainable, false);
    assert.equal(model.weights.get('batch_normalization_1/gamma')!.trainable, true);
    assert.equal(model.weights.get('batch_normalization_1/moving_mean')!.trainable, false);
  });

  it('frees all its tensors', () => {
    const before = tf.memory().numTensors;
    build(nested).dispose();
    assert.equal(tf.memory().numTensors, before);
  });
});

/** Two models as layers, with layers of the same name in both, one of them called twice. */
const nested: Builder = ({ inputShape, classes }) => {
  const part = (filters: number, channels: number): tf.LayersModel => {
    const inputs = tf.input({ shape: [8, 8, channels] });
    const x = conv(filters, 'conv').apply(inputs) as Symbolic;
    return tf.model({ inputs, outputs: tf.layers.batchNormalization({ name: 'bn' }).apply(x) as Symbolic });
  };
  const inputs = tf.input({ shape: inputShape });
  const shared = part(4, 4);
  let x = part(4, 3).apply(inputs) as Symbolic;
  x = shared.apply(x) as Symbolic;
  x = shared.apply(tf.layers.reLU().apply(x)) as Symbolic;
  const classifier = tf.sequential({
    layers: [tf.layers.flatten({ inputShape: [8, 8, 4] }), tf.layers.dense({ units: classes, name: 'head' })],
  });
  return tf.model({ inputs, outputs: classifier.apply(x) as Symbolic });
};

describe('models within models', () => {
  before(() => ready());

  it('give their layers, each call of them and their weights once', () => {
    const model = build(nested);
    assert.deepEqual(
      model.layers.map((layer) => layer.id),
      ['input', 'conv', 'bn', 'conv_1', 'bn_1', 're_lu_1', 'conv_1:1', 'bn_1:1', 'flatten_1', 'head'],
    );
    assert.equal(model.weights.size, 2 + 4 + 2 + 4 + 2);
    assert.equal(model.parameters, 3 * 36 + 4 + 8 + 4 * 36 + 4 + 8 + 256 * 5 + 5);
  });

  it('compute what they did, with the same weights', () => {
    let original: tf.LayersModel | undefined;
    const model = build((builderArgs) => (original = nested(builderArgs)));
    tf.tidy(() => {
      assertClose(read(model, [LOGITS], false)[0]!, original!.predict(images()) as tf.Tensor);
      const head = model.weights.get('head/bias')!;
      head.write(head.read().add(1));
      assertClose(read(model, [LOGITS], false)[0]!, original!.predict(images()) as tf.Tensor);
    });
  });

  it('have features of every call', () => {
    const model = build(nested);
    tf.tidy(() => {
      const [output, first, second, again] = read(model, [LOGITS, 'bn_1', 'conv_1:1', 'conv_1'], false);
      assert.deepEqual(output!.shape, [3, 5]);
      const kernel = model.weights.get('conv_1/kernel')!.read() as tf.Tensor4D;
      const bias = model.weights.get('conv_1/bias')!.read();
      const expected = tf.conv2d(first!.relu<tf.Tensor4D>(), kernel, 1, 'same').add(bias);
      assertClose(second!, expected, 1e-4);
      assert.notDeepEqual([...again!.dataSync()], [...second!.dataSync()]);
    });
  });
});

describe('features', () => {
  before(() => ready());

  it('come in the order that was asked for, also where one is asked for twice or is the output', () => {
    const model = build(unnamed);
    tf.tidy(() => {
      const ids = ['mine', 'dense_1', 'input', 'mine'];
      const x = images();
      for (const training of [false, true]) {
        const [output, mine, dense, input, mineAgain] = read(model, [LOGITS, ...ids], training, x);
        assertClose(dense!, output!, 0);
        assertClose(mineAgain!, mine!, 0);
        assertClose(input!, x, 0);
        assert.deepEqual(mine!.shape, [3, 8, 8, 4]);
      }
    });
  });

  it('in training mode use the statistics of the batch and update the averages once, and drop', () => {
    const model = build(unnamed);
    const ids = ['conv2d_1', 'batch_normalization_1', 'dropout_1', 'mine'];
    tf.tidy(() => {
      const [input, normalised, dropped] = read(model, ids, true);
      const { mean, variance } = tf.moments(input!, [0, 1, 2]);
      // tfjs's layer has momentum 0.99 and epsilon 1e-3 by default; the averages start at 0 and 1.
      assertClose(normalised!, input!.sub(mean).div(variance.add(1e-3).sqrt()), 1e-4);
      assertClose(model.weights.get('batch_normalization_1/moving_mean')!.read(), mean.mul(0.01), 1e-6);
      const movingVariance = variance.mul(0.01).add(0.99);
      assertClose(model.weights.get('batch_normalization_1/moving_variance')!.read(), movingVariance, 1e-3);
      const zeros = [...dropped!.dataSync()].filter((value) => value === 0).length;
      assert.ok(zeros > 0 && zeros < 12, `${zeros} of 12 dropped`);
    });
  });

  it('pass gradients to the shared weights, and leave no tensor behind', () => {
    const model = build(unnamed);
    const reader = new ActivationReader(model, [LOGITS, 'mine']);
    const trainable = [...model.weights].filter(([, weight]) => weight.trainable);
    const variables = trainable.map(([, weight]) => weight.variable);
    const step = (): string[] =>
      withSeededRandom('dropout', () =>
        tf.tidy(() => {
          const loss = () => {
            const activations = reader.read(images(), true);
            const [output, feature] = [activations.get(LOGITS)!, activations.get('mine')!];
            return output.square().mean().add<tf.Scalar>(feature.square().mean());
          };
          const { grads } = tf.variableGrads(loss, variables);
          return trainable
            .filter(([, { variable }]) => grads[variable.name]!.abs().max().dataSync()[0]! > 0)
            .map(([name]) => name);
        }),
      );
    // The bias in front of a batch normalisation has no effect in training.
    const expected = trainable.map(([name]) => name).filter((name) => name !== 'conv2d_1/bias');
    const reached = step().filter((name) => name !== 'conv2d_1/bias');
    assert.deepEqual(reached, expected);
    const before = tf.memory().numTensors;
    step();
    assert.equal(tf.memory().numTensors, before);
  });
});

describe('seeded randomness', () => {
  before(() => ready());

  it('repeats dropout, and puts Math.random back, also after an error', () => {
    const { random } = Math;
    const model = build(unnamed);
    const run = (seed: string) =>
      withSeededRandom(seed, () => tf.tidy(() => [...read(model, [LOGITS], true)[0]!.dataSync()]));
    assert.deepEqual(run('a'), run('a'));
    assert.notDeepEqual(run('a'), run('b'));
    assert.throws(() =>
      withSeededRandom(0, () => {
        throw new Error('no');
      }),
    );
    assert.equal(Math.random, random);
  });
});

describe('logits', () => {
  before(() => ready());

  const endings: Record<string, (x: Symbolic) => Symbolic> = {
    'an activation of the last layer': (x) =>
      tf.layers.dense({ units: 5, activation: 'softmax', name: 'last' }).apply(x) as Symbolic,
    'a softmax layer': (x) =>
      tf.layers.softmax().apply(tf.layers.dense({ units: 5, name: 'last' }).apply(x)) as Symbolic,
    'an activation layer and a reshape': (x) => {
      const scores = tf.layers.dense({ units: 5, name: 'last' }).apply(x);
      const softmax = tf.layers.activation({ activation: 'softmax' }).apply(scores);
      return tf.layers.reshape({ targetShape: [5] }).apply(softmax) as Symbolic;
    },
  };
  for (const [name, end] of Object.entries(endings)) {
    it(`come from probabilities after ${name}, exact under a softmax of any temperature`, () => {
      const model = build(({ inputShape }) => {
        const inputs = tf.input({ shape: inputShape });
        return tf.model({ inputs, outputs: end(tf.layers.flatten().apply(inputs) as Symbolic) });
      });
      assert.equal(model.endsInSoftmax, true);
      tf.tidy(() => {
        const [ownLogits, flat] = read(model, [LOGITS, 'flatten_1'], false);
        const kernel = model.weights.get('last/kernel')!.read() as tf.Tensor2D;
        const scores = tf.matMul(flat as tf.Tensor2D, kernel);
        for (const temperature of [1, 4]) {
          const logits = ownLogits!.div(temperature);
          assertClose(tf.softmax(logits), tf.softmax(scores.div(temperature)), 1e-5);
        }
      });
    });
  }

  it('are finite where a probability has vanished', () => {
    const model = build(({ inputShape }) =>
      tf.sequential({
        layers: [tf.layers.flatten({ inputShape }), tf.layers.dense({ units: 5, activation: 'softmax' })],
      }),
    );
    const logits = tf.tidy(() => [...model.toLogits(tf.tensor2d([[1, 0, 0, 0, 0]])).dataSync()]);
    assert.ok(logits.every(Number.isFinite), String(logits));
  });

  it('are the output itself where there is no softmax', () => {
    const model = build(unnamed);
    assert.equal(model.endsInSoftmax, false);
    const output = tf.ones([2, 5]);
    assert.equal(model.toLogits(output), output);
  });
});

describe('weights', () => {
  before(() => ready());

  it('go back to what was captured', () => {
    const model = build(unnamed, 3);
    const before = values(model);
    const captured = captureWeights(model);
    restoreWeights(model, captureWeights(build(unnamed, 4)));
    assert.notDeepEqual(values(model), before);
    restoreWeights(model, captured);
    assert.deepEqual(values(model), before);
    assert.ok(Object.values(captured).every((tensor) => !tensor.isDisposed));
  });

  it('of another network are refused, and nothing is changed', () => {
    const model = build(unnamed);
    const before = values(model);
    const weights = captureWeights(build(unnamed, 9));
    const { 'mine/bias': bias, ...rest } = weights;
    const refuses = (given: Record<string, tf.Tensor>, message: RegExp): void => {
      assert.throws(() => restoreWeights(model, given), { name: 'InputError', message });
      assert.deepEqual(values(model), before);
    };
    refuses(rest, /without "mine\/bias"$/);
    refuses({ ...weights, 'other/bias': bias! }, /unknown "other\/bias"$/);
    refuses({ ...weights, 'mine/bias': tf.zeros([7]) }, /"mine\/bias" is \[7\], not \[4\]$/);
    refuses({}, /without "conv2d_1\/kernel" \(and 11 more\)$/);
  });
});

describe('what a builder returns', () => {
  before(() => ready());

  const refused: [string, (builderArgs: Parameters<Builder>[0]) => unknown, RegExp][] = [
    ['nothing', () => undefined, /returns nothing/],
    ['a promise', (builderArgs) => Promise.resolve(unnamed(builderArgs)), /returns a promise/],
    ['a graph model', () => Object.create(tf.GraphModel.prototype) as unknown, /returns a tf.GraphModel/],
    ['a number', () => 3, /returns a number/],
    ['a layer', () => conv(3), /returns a single layer \(Conv2D\)/],
    ['a symbolic tensor', () => tf.input({ shape: [3] }), /returns a symbolic tensor/],
    ['something of another library', () => new (class Net {})(), /returns an object \(Net\)/],
    [
      'a model for other images',
      (builderArgs) => unnamed({ ...builderArgs, inputShape: [8, 8, 1] }),
      /takes \[8, 8, 1\], but the images are \[8, 8, 3\]/,
    ],
    [
      'a model for other classes',
      (builderArgs) => unnamed({ ...builderArgs, classes: 7 }),
      /gives \[7\], but the data has 5 classes/,
    ],
    [
      'a model with two outputs',
      (builderArgs) => {
        const { inputs, outputs } = unnamed(builderArgs);
        return tf.model({ inputs, outputs: [...outputs, inputs[0]!] });
      },
      /1 inputs and 2 outputs/,
    ],
  ];
  for (const [what, builder, message] of refused) {
    it(`is refused when it is ${what}`, () => {
      assert.throws(() => build(builder as Builder), { name: 'InputError', message });
    });
  }

  it('may leave the size of the image open', () => {
    const model = build(({ classes }) => {
      const inputs = tf.input({ shape: [null, null, 3] });
      const x = tf.layers.globalAveragePooling2d({}).apply(conv(4).apply(inputs)) as Symbolic;
      return tf.model({ inputs, outputs: tf.layers.dense({ units: classes }).apply(x) as Symbolic });
    });
    assert.deepEqual(model.layer('conv2d_1').outputShape, [null, null, 4]);
  });
});
