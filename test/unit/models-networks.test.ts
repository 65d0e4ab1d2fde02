import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { ready } from '../../src/engine/backends';
import { loadModel } from '../../src/engine/models/load';
import type { Model } from '../../src/engine/models/model';
import { catalogueNetworks, networks } from '../../src/engine/models/networks';
import { ActivationReader, LOGITS } from '../../src/engine/train/activations';

/** What the published implementations give: written by `reference.py` beside it. */
interface Reference {
  readonly parameters: number;
  readonly size: number;
  /** Of the first ten classes. */
  readonly logits: number[];
  readonly stages: Record<string, { shape: number[]; mean: number; deviation: number }>;
}

const references = (
  JSON.parse(fs.readFileSync(path.join(__dirname, '../fixtures/models/reference.json'), 'utf8')) as {
    networks: Record<string, Reference>;
  }
).networks;

function build(
  name: string,
  settings: { size: number; classes: number; args?: Record<string, unknown> },
): Promise<Model> {
  return loadModel({
    reference: `builtin:${name}`,
    args: settings.args ?? {},
    inputShape: [settings.size, settings.size, 3],
    classes: settings.classes,
    seed: 0,
    base: __dirname,
    workspace: __dirname,
  });
}

/** Entry i of tensor k: the formula of `reference.py`. */
function values(count: number, tensor: number): Float64Array {
  const period = Float64Array.from({ length: Math.min(count, 65_521) }, (_, index) => {
    const x = Math.sin(index * 12.9898 + tensor * 78.233) * 43758.5453;
    return x - Math.floor(x);
  });
  const result = new Float64Array(count);
  for (let start = 0; start < count; start += period.length) {
    result.set(period.subarray(0, count - start), start);
  }
  return result;
}

function toTensor(numbers: Float64Array, shape: number[]): tf.Tensor {
  return tf.tensor(Float32Array.from(numbers), shape);
}

/** The weight at place k in PyTorch's order, from PyTorch's layout to that of TensorFlow. */
function referenceWeight(name: string, shape: number[], k: number): tf.Tensor {
  const u = values(tf.util.sizeFromShape(shape), k);
  if (/gamma$|moving_variance$/.test(name)) {
    const around1 = u.map((x) => 0.8 + 0.4 * x);
    return toTensor(around1, shape);
  }
  if (shape.length === 1) {
    const around0 = u.map((x) => 0.2 * x - 0.1);
    return toTensor(around0, shape);
  }
  const uniform = (fanIn: number): Float64Array => u.map((x) => (2 * x - 1) * Math.sqrt(6 / fanIn));
  if (shape.length === 2) return toTensor(uniform(shape[0]!), shape.toReversed()).transpose();
  const [height, width, inputs, outputs] = shape as [number, number, number, number];
  if (name.endsWith('depthwise_kernel')) {
    return toTensor(uniform(height * width), [inputs, 1, height, width]).transpose([2, 3, 0, 1]);
  }
  const kernel = toTensor(uniform(height * width * inputs), [outputs, inputs, height, width]);
  return kernel.transpose([2, 3, 1, 0]);
}

/** In double precision: a backend's own sum over a large map is too rough to compare with. */
function meanAndDeviation(numbers: ArrayLike<number>): number[] {
  let sum = 0;
  let squares = 0;
  for (let index = 0; index < numbers.length; index++) {
    sum += numbers[index]!;
    squares += numbers[index]! ** 2;
  }
  const mean = sum / numbers.length;
  return [mean, Math.sqrt(squares / numbers.length - mean ** 2)];
}

function closeTo(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  what: string,
): void {
  const scale = Math.max(...Array.from(expected, Math.abs));
  assert.equal(actual.length, expected.length);
  for (let index = 0; index < expected.length; index++) {
    const difference = Math.abs(actual[index]! - expected[index]!);
    assert.ok(
      difference <= tolerance * scale,
      `${what}[${index}]: ${actual[index]} is not ${expected[index]}`,
    );
  }
}

describe('built-in networks', function () {
  before(() => ready());

  it('are all covered by the reference', () => {
    assert.deepEqual(Object.keys(references).sort(), networks.map((network) => network.name).sort());
  });

  for (const [name, reference] of Object.entries(references)) {
    it(`${name} computes what its published implementation does, with as many parameters`, async () => {
      const { classes, parameters } = networks.find((network) => network.name === name)!;
      const model = await build(name, { size: reference.size, classes });
      assert.equal(model.parameters, reference.parameters);
      assert.equal(parameters, reference.parameters);
      let k = 0;
      for (const [name, weight] of model.weights) {
        tf.tidy(() => weight.write(referenceWeight(name, weight.shape as number[], k++)));
      }
      const stages = Object.keys(reference.stages);
      const reader = new ActivationReader(model, [...stages, LOGITS]);
      tf.tidy(() => {
        const pixels = values(3 * reference.size ** 2, 1000).map((x) => 2 * x - 1);
        const image = toTensor(pixels, [1, 3, reference.size, reference.size]).transpose([0, 2, 3, 1]);
        const activations = reader.read(image as tf.Tensor4D, false);
        for (const stage of stages) {
          const expected = reference.stages[stage]!;
          const map = activations.get(stage)!;
          assert.deepEqual(map.shape.slice(1), expected.shape, stage);
          const found = meanAndDeviation(map.dataSync());
          closeTo(found, [expected.mean, expected.deviation], 1e-5, stage);
        }
        closeTo(activations.get(LOGITS)!.dataSync().slice(0, 10), reference.logits, 1e-4, 'logits');
      });
      model.dispose();
    });
  }

  // Gigaflops (multiply-adds counted once) from torchvision's documentation of its pretrained weights.
  for (const [name, giga] of [
    ['resnet18', 1.814],
    ['resnet50', 4.089],
    ['mobilenet-v2', 0.301],
    ['shufflenet-v2', 0.145],
  ] as const) {
    it(`${name} needs the published number of operations`, async () => {
      const model = await build(name, { size: 224, classes: 1000 });
      const flops = model.layers.reduce((sum, layer) => sum + layer.flops, 0);
      assert.equal((flops / 2e9).toFixed(3), giga.toFixed(3));
      model.dispose();
    });
  }

  it('start with kernels of variance 2 / fan out, and a classifier within 1 / sqrt(fan in)', async () => {
    const model = await build('resnet18', { size: 64, classes: 100 });
    const kernel = model.weights.get('stage4_block1_conv2/kernel')!.read();
    const deviation = tf.tidy(() => tf.moments(kernel).variance.sqrt().dataSync()[0]!);
    assert.ok(Math.abs(deviation / Math.sqrt(2 / (9 * 512)) - 1) < 0.01, `standard deviation ${deviation}`);
    const largest = (name: string): number =>
      tf.tidy(() => model.weights.get(name)!.read().abs().max().dataSync()[0]!);
    const bound = 1 / Math.sqrt(512);
    for (const name of ['head/kernel', 'head/bias']) {
      assert.ok(largest(name) <= bound && largest(name) > 0.9 * bound, `${name}: ${largest(name)}`);
    }
    model.dispose();
  });

  for (const [name, size, args] of [
    ['resnet8', 32, { width: 4 }],
    ['wrn-16-1', 32, { dropout: 0.1 }],
    ['vgg8', 32, { width: 4 }],
    ['mobilenet-v2-cifar', 32, { widthMultiplier: 0.25 }],
    ['shufflenet-v2-cifar', 32, { widthMultiplier: 0.5 }],
    ['resnet18', 64, { width: 4 }],
    ['resnet50', 64, { width: 4 }],
    ['mobilenet-v1', 64, { widthMultiplier: 0.125 }],
    ['mobilenet-v2', 64, { widthMultiplier: 0.25 }],
    ['shufflenet-v2', 64, { widthMultiplier: 0.5 }],
  ] as const) {
    it(`${name} passes a gradient to every trainable weight`, async () => {
      const model = await build(name, { size, classes: 10, args });
      // A bias in front of a batch normalisation has no effect in training.
      const trainable = [...model.weights].filter(
        ([weight, { trainable }]) => trainable && !/conv\d\/bias$/.test(weight),
      );
      const reached = tf.tidy(() => {
        const images = tf.randomNormal([8, size, size, 3], 0, 1, 'float32', 1);
        const { grads } = tf.variableGrads(
          () =>
            (model.network.apply(images, { training: true }) as tf.Tensor)
              .logSoftmax()
              .slice([0, 0], [8, 1])
              .mean<tf.Scalar>(),
          trainable.map(([, weight]) => weight.variable),
        );
        return trainable
          .filter(([, { variable }]) => grads[variable.name]!.abs().max().dataSync()[0]! > 0)
          .map(([weight]) => weight);
      });
      assert.deepEqual(
        reached,
        trainable.map(([weight]) => weight),
      );
      model.dispose();
    });
  }

  it('take a width', async () => {
    const half = await build('resnet20', { size: 28, classes: 10, args: { width: 8 } });
    assert.deepEqual(half.layer('stage1').outputShape, [28, 28, 8]);
    assert.deepEqual(half.layer('stage3').outputShape, [7, 7, 32]);
    half.dispose();
    const wide = await build('mobilenet-v2', { size: 96, classes: 10, args: { widthMultiplier: 1.4 } });
    // Channels of torchvision's and TensorFlow's MobileNet V2 1.4.
    assert.deepEqual(wide.layer('stage4').outputShape, [3, 3, 448]);
    assert.deepEqual(wide.layer('pool').outputShape, [1792]);
    wide.dispose();
  });

  it('refuse arguments that they do not have, and impossible ones', async () => {
    const refuses = async (name: string, args: Record<string, unknown>, message: RegExp): Promise<void> => {
      await assert.rejects(build(name, { size: 32, classes: 10, args }), { name: 'InputError', message });
    };
    await refuses('resnet8', { widht: 8 }, /"widht".*did you mean "width"\?/);
    await refuses('resnet8', { width: 0 }, /"width".*greater/);
    await refuses('shufflenet-v2', { widthMultiplier: 0.7 }, /"widthMultiplier".*0\.5 or 1 or 1\.5 or 2/);
    await refuses('resnet8', { classes: 3 }, /"classes" comes from the data/);
    await refuses('resnet21', {}, /no built-in network "resnet21"; did you mean "resnet20"\?/);
  });

  it('are plain data in the catalogue', () => {
    for (const entry of catalogueNetworks()) {
      assert.ok(Object.values(entry).every((value) => typeof value !== 'function'));
      assert.equal(structuredClone(entry).name, entry.name);
    }
  });
});
