import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { ready } from '../../src/engine/backends';
import { createMethod } from '../../src/engine/methods/registry';
import { buildModel } from '../../src/engine/models/build';
import { classifierOf } from '../../src/engine/models/classifier';
import { exportModel } from '../../src/engine/models/export';
import { loadModel } from '../../src/engine/models/load';
import type { Model } from '../../src/engine/models/model';
import type { Builder } from '../../src/engine/models/network';
import { networkNamed } from '../../src/engine/models/networks';
import { normalizationOf } from '../../src/engine/models/normalization';
import { endInClassifier, takeClassifier } from '../../src/engine/models/teacher-classifier';
import { ActivationReader, LOGITS } from '../../src/engine/train/activations';

type Symbolic = tf.SymbolicTensor;

interface Stored {
  readonly shape: number[];
  readonly data: number[];
}

/** What the authors' module computes; see scripts/fixtures/parts.py. */
interface Fixture {
  readonly teacherClassifier: { readonly channels: number; readonly factor: number; readonly pool: number };
  readonly weights: Record<string, Stored>;
  readonly maps: Stored;
  readonly teacher: Stored;
  readonly projected: Stored;
  readonly logits: Stored;
  readonly loss: number;
  readonly gradients: Record<string, Stored>;
}

const fixture = JSON.parse(
  fs.readFileSync(path.join(__dirname, '..', 'fixtures', 'pytorch', 'reused-classifier.json'), 'utf8'),
) as Fixture;

function tensor({ data, shape }: Stored): tf.Tensor {
  return tf.tensor(data, shape);
}

function assertClose(actual: tf.Tensor, expected: Stored, name: string): void {
  assert.deepEqual(actual.shape, expected.shape, name);
  const largest = Math.max(...expected.data.map(Math.abs));
  actual.dataSync().forEach((value, index) => {
    const wanted = expected.data[index]!;
    assert.ok(Math.abs(value - wanted) <= 1e-4 * largest, `${name}[${index}]: ${value}, not ${wanted}`);
  });
}

/** A network whose only map is its input, so that what is put behind it is seen alone. */
const bare: Builder = ({ inputShape, classes }) => {
  const inputs = tf.input({ shape: inputShape });
  const maps = tf.layers.activation({ activation: 'linear', name: 'maps' }).apply(inputs) as Symbolic;
  const pooled = tf.layers.globalAveragePooling2d({ name: 'pool' }).apply(maps) as Symbolic;
  return tf.model({
    inputs,
    outputs: tf.layers.dense({ units: classes, name: 'head' }).apply(pooled) as Symbolic,
  });
};

const size = { inputShape: [4, 4, 5] as [number, number, number], classes: 7 };

function ended(): Model {
  const { channels, ...options } = fixture.teacherClassifier;
  const spec = { after: 'maps', ...options };
  return endInClassifier(buildModel(bare, size, { seed: 0 }), spec, { channels, classes: 7, seed: 0 });
}

function resnet(classes = 7): Model {
  const network = networkNamed('resnet14');
  return buildModel(network.build, { inputShape: [16, 16, 3], classes, width: 4 }, { seed: 0 });
}

describe("a student that ends in the teacher's classifier", () => {
  before(() => ready());

  it("computes what the authors' module does, with its gradients", () => {
    const model = ended();
    for (const [name, value] of Object.entries(fixture.weights)) {
      tf.tidy(() => model.weights.get(name)!.write(tensor(value)));
    }
    const reader = new ActivationReader(model, ['projector', LOGITS]);
    const [maps, teacher] = [tensor(fixture.maps) as tf.Tensor4D, tensor(fixture.teacher)];
    const activations = reader.read(maps, true);
    assertClose(activations.get('projector')!, fixture.projected, 'projector');
    assertClose(activations.get(LOGITS)!, fixture.logits, 'logits');

    const method = createMethod('simkd', {}, { student: teacher.shape, teacher: teacher.shape });
    const trained = [...model.weights].filter(([, { trainable }]) => trainable);
    assert.deepEqual(trained.map(([name]) => name).sort(), Object.keys(fixture.gradients).sort());
    const { value, grads } = tf.variableGrads(
      () => method.loss({ student: reader.read(maps, true).get('projector')!, teacher }),
      trained.map(([, { variable }]) => variable),
    );
    assert.ok(Math.abs(value.dataSync()[0]! - fixture.loss) < 1e-5 * fixture.loss);
    for (const [name, { variable }] of trained)
      assertClose(grads[variable.name]!, fixture.gradients[name]!, name);
  });

  it("has the teacher's classifier, and is the same once it is exported and loaded", async () => {
    const [model, teacher] = [ended(), buildModel(bare, { ...size, inputShape: [2, 2, 8] }, { seed: 1 })];
    takeClassifier(model, teacher);
    assert.deepEqual(
      model.weights.get('teacher_classifier/kernel')!.read().dataSync(),
      teacher.weights.get('head/kernel')!.read().dataSync(),
    );
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'retort-classifier-'));
    try {
      const metadata = {
        classNames: [...'abcdefg'],
        normalization: { mean: [0], std: [1] },
        imageShape: size.inputShape,
      };
      await exportModel(model, path.join(folder, 'student'), metadata);
      const loaded = await loadModel({
        ...size,
        reference: 'student/model.json',
        args: {},
        seed: 5,
        base: folder,
        workspace: folder,
      });
      const logits = (of: Model): tf.Tensor =>
        new ActivationReader(of, [LOGITS]).read(tensor(fixture.maps) as tf.Tensor4D, false).get(LOGITS)!;
      assert.deepEqual(logits(loaded).dataSync(), logits(model).dataSync());
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });

  it('may do without a projector', () => {
    const spec = { after: 'maps', factor: null, pool: 1 };
    const [model, teacher] = [buildModel(bare, size, { seed: 0 }), buildModel(bare, size, { seed: 1 })];
    const student = endInClassifier(model, spec, { channels: 5, classes: 7, seed: 0 });
    takeClassifier(student, teacher);
    const images = tensor(fixture.maps) as tf.Tensor4D;
    const logits = (of: Model): tf.Tensor =>
      new ActivationReader(of, [LOGITS]).read(images, false).get(LOGITS)!;
    // Neither has a weight of its own in front of the classifier.
    assert.deepEqual(logits(student).dataSync(), logits(teacher).dataSync());
  });

  it('refuses what does not fit, naming the option', () => {
    const end = (spec: object): Model =>
      endInClassifier(
        buildModel(bare, size, { seed: 0 }),
        { after: 'maps', factor: 2, pool: 1, ...spec },
        { channels: 8, classes: 7, seed: 0 },
      );
    assert.throws(() => end({ after: 'map' }), {
      option: 'after',
      message: 'no layer "map"; did you mean "maps"?',
    });
    assert.throws(() => end({ after: 'pool' }), {
      option: 'after',
      message: '"pool" is no map [height, width, channels]',
    });
    assert.throws(() => end({ pool: 3 }), {
      option: 'pool',
      message: '"maps", 4 x 4, cannot be averaged over 3 x 3',
    });
    assert.throws(() => end({ factor: 9 }), {
      option: 'factor',
      message: /no channels left: 8 divided by 9/,
    });
    assert.throws(() => end({ factor: null }), {
      option: 'factor',
      message: '"maps" has 5 channels, but the teacher\'s classifier takes 8; it needs a projector',
    });
  });
});

describe('parts of a teacher', () => {
  before(() => ready());

  it('are its last linear layer, in front of a softmax too', () => {
    const softmax: Builder = (args) => {
      const { inputs, outputs } = bare(args);
      const probabilities = tf.layers.softmax({}).apply(outputs[0]!) as Symbolic;
      return tf.model({ inputs, outputs: probabilities });
    };
    for (const builder of [bare, softmax]) {
      const model = buildModel(builder, size, { seed: 0 });
      const { kernel, bias } = classifierOf(model);
      assert.deepEqual(kernel.dataSync(), model.weights.get('head/kernel')!.read().dataSync());
      assert.deepEqual(bias!.shape, [7]);
    }
  });

  it('are missing where the logits come from elsewhere', () => {
    const pooling: Builder = ({ inputShape }) => {
      const inputs = tf.input({ shape: inputShape });
      const pool = tf.layers.globalAveragePooling2d({ name: 'pool' });
      return tf.model({ inputs, outputs: pool.apply(inputs) as Symbolic });
    };
    const model = buildModel(pooling, { ...size, classes: 5 }, { seed: 0 });
    assert.throws(() => classifierOf(model), {
      name: 'InputError',
      message: /its logits come from "pool" \(GlobalAveragePooling2D\), not from a linear layer/,
    });
  });

  it('are the normalisations of the branches of residual blocks', () => {
    const model = resnet();
    const gammas = {
      stage1: 'stage1_block1_bn2',
      stage2_block0_add: 'stage2_block0_bn2',
      stage3_block0_bn1: 'stage3_block0_bn1',
    };
    for (const [layer, norm] of Object.entries(gammas)) {
      const gamma = model.weights.get(`${norm}/gamma`)!;
      tf.tidy(() => gamma.write(tf.fill([...gamma.shape] as number[], 3)));
      assert.deepEqual(new Set(normalizationOf(model, layer).gamma.dataSync()), new Set([3]), layer);
      tf.tidy(() => gamma.write(tf.ones([...gamma.shape] as number[])));
    }
    assert.throws(() => normalizationOf(model, 'pool'), {
      name: 'InputError',
      message: /"pool" does not come from a batch normalisation/,
    });
  });
});
