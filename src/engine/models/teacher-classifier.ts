import * as tf from '@tensorflow/tfjs';
import { InputError, messageOf } from '../../common/errors';
import type { TeacherClassifier } from '../../recipe/classifier-schema';
import { withSeededRandom } from '../random';
import { NetworkModel } from './build';
import { classifierOf } from './classifier';
import { batchNorm, relu, type Tensor } from './networks/blocks';
import type { Layer, Model } from './model';

/** An option that does not fit the models. */
export class ClassifierError extends InputError {
  constructor(
    readonly option: keyof TeacherClassifier,
    message: string,
  ) {
    super(message);
  }
}

/**
 * A student up to one of its layers, then the projector of Chen et al. (Knowledge Distillation with the Reused Teacher
 * Classifier, CVPR 2022; DefangChen/SimKD models/util.py, SimKD): 1x1, 3x3 and 1x1 convolutions without bias, each
 * with batch normalisation and ReLU, then the mean over all positions and a linear layer that is not trained, for the
 * teacher's classifier. All of it are layers of the network like any other. The given model is used up.
 * Throws `ClassifierError` for a layer that is none, is no map, or has no positions for `pool`.
 *
 * @param channels what the teacher's classifier takes
 */
export function endInClassifier(
  student: Model,
  { after, factor, pool }: TeacherClassifier,
  { channels, classes, seed }: { readonly channels: number; readonly classes: number; readonly seed: number },
): Model {
  const end = layerNamed(after, student).output;
  const [, height, width] = end.shape as number[];
  if (end.shape.length !== 4) {
    throw new ClassifierError('after', `"${after}" is no map [height, width, channels]`);
  }
  if (height! % pool !== 0 || width! % pool !== 0) {
    const message = `"${after}", ${height} x ${width}, cannot be averaged over ${pool} x ${pool}`;
    throw new ClassifierError('pool', message);
  }
  const narrow = factor === null ? undefined : Math.floor(channels / factor);
  if (narrow === 0) {
    const message = `the projector has no channels left: ${channels} divided by ${factor}`;
    throw new ClassifierError('factor', message);
  }
  if (narrow === undefined && end.shape.at(-1) !== channels) {
    const message = `"${after}" has ${end.shape.at(-1)} channels, but the teacher's classifier takes ${channels}; it needs a projector`;
    throw new ClassifierError('factor', message);
  }
  const network = withSeededRandom(`${seed}/projector`, () => {
    let x = end;
    if (pool > 1) x = average(x, pool);
    if (narrow !== undefined) {
      x = relu(batchNorm(convolution(x, 'projector_conv1', narrow, 1), 'projector_bn1'), 'projector_relu1');
      x = relu(batchNorm(convolution(x, 'projector_conv2', narrow, 3), 'projector_bn2'), 'projector_relu2');
      x = relu(batchNorm(convolution(x, 'projector_conv3', channels, 1), 'projector_bn3'), 'projector');
    }
    x = tf.layers.globalAveragePooling2d({ name: 'projector_pool' }).apply(x) as Tensor;
    const classifier = tf.layers.dense({ name: 'teacher_classifier', units: classes, trainable: false });
    return tf.model({ inputs: student.network.inputs, outputs: classifier.apply(x) as Tensor });
  });
  const places = new Map(student.layers.map((layer) => [layer.output, layer.places]));
  const ended = new NetworkModel(network, student.sources, (_layer, output) => places.get(output) ?? []);
  const kept = new Set([...ended.weights.values()].map(({ variable }) => variable));
  for (const { variable } of student.weights.values()) if (!kept.has(variable)) variable.dispose();
  return ended;
}

/** Gives such a student the teacher's classifier. */
export function takeClassifier(student: Model, teacher: Model): void {
  const given = classifierOf(teacher);
  const [kernel, bias] = ['kernel', 'bias'].map((name) => student.weights.get(`teacher_classifier/${name}`)!);
  kernel!.write(given.kernel);
  tf.tidy(() => bias!.write(given.bias ?? tf.zeros([given.kernel.shape[1]])));
}

/** The channels that the classifier takes, by the weights of such a student; undefined for any other's. */
export function classifierChannels(weights: Readonly<Record<string, tf.Tensor>>): number | undefined {
  return weights['teacher_classifier/kernel']?.shape[0];
}

function layerNamed(after: string, student: Model): Layer {
  try {
    return student.layer(after);
  } catch (error) {
    throw new ClassifierError('after', messageOf(error));
  }
}

function average(x: Tensor, size: number): Tensor {
  const layer = tf.layers.averagePooling2d({ name: 'projector_average', poolSize: size, strides: size });
  return layer.apply(x) as Tensor;
}

/** As PyTorch starts it: uniform in +-1/sqrt(fan in). */
function convolution(x: Tensor, name: string, filters: number, side: number): Tensor {
  const bound = 1 / Math.sqrt(side * side * x.shape.at(-1)!);
  const layer = tf.layers.conv2d({
    name,
    filters,
    kernelSize: side,
    padding: 'same',
    useBias: false,
    kernelInitializer: tf.initializers.randomUniform({ minval: -bound, maxval: bound }),
  });
  return layer.apply(x) as Tensor;
}
