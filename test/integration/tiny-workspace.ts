import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { randomSource } from '../../src/common/random';

/** Images of the tiny dataset: 12 x 12, four classes, each as bright as its number, under noise. */
export const tiny = { size: 12, classes: 4, train: 200, test: 40 };

/** A workspace on a disk of its own: a learnable dataset in IDX files, and a module with models. */
export function makeTinyWorkspace(): string {
  const workspace = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'retort-tiny-')));
  writeTinyData(path.join(workspace, 'data'));
  fs.writeFileSync(path.join(workspace, 'models.ts'), models);
  return workspace;
}

/** The tiny dataset as IDX files. */
export function writeTinyData(folder: string): void {
  fs.mkdirSync(folder);
  for (const [split, count] of [
    ['train', tiny.train],
    ['t10k', tiny.test],
  ] as const) {
    const { images, labels } = brightness(split, count);
    fs.writeFileSync(path.join(folder, `${split}-images-idx3-ubyte`), images);
    fs.writeFileSync(path.join(folder, `${split}-labels-idx1-ubyte`), labels);
  }
}

/** A recipe with everything that a resume must bring back: dropout, augmentation, moving averages, a trained hook. */
export function tinyRecipe(teacherWeights: string | null): object {
  return {
    name: 'tiny',
    data: {
      source: { format: 'idx', path: 'data' },
      validation: { fraction: 0.2 },
      augment: ['flip', { type: 'crop', padding: 1 }],
    },
    ...(teacherWeights !== null && { teacher: { model: 'models.ts#large', weights: teacherWeights } }),
    student: { model: 'models.ts#small' },
    ...(teacherWeights !== null && {
      hooks: [
        { method: 'kd', weight: 0.5 },
        { method: 'tat', student: 'features', teacher: 'features', weight: 0.1 },
      ],
    }),
    train: {
      epochs: 6,
      batchSize: 16,
      optimizer: { type: 'adamw', lr: 0.003, weightDecay: 0.01 },
      schedule: { type: 'cosine' },
      ema: { decay: 0.9 },
      checkpointEvery: 0.3,
    },
  };
}

export function tinyTeacherRecipe(): object {
  return { ...tinyRecipe(null), name: 'tiny-teacher', student: { model: 'models.ts#large' } };
}

const models = `import * as tf from '@tensorflow/tfjs';

interface Args { inputShape: [number, number, number]; classes: number }

function build({ inputShape, classes }: Args, width: number, dropout = 0.2): tf.LayersModel {
  const inputs = tf.input({ shape: inputShape });
  let x = tf.layers.conv2d({ filters: width, kernelSize: 3, strides: 2, padding: 'same', useBias: false }).apply(inputs);
  x = tf.layers.batchNormalization().apply(x);
  x = tf.layers.activation({ activation: 'relu', name: 'features' }).apply(x);
  x = tf.layers.globalAveragePooling2d({}).apply(x);
  x = tf.layers.dropout({ rate: dropout }).apply(x);
  return tf.model({ inputs, outputs: tf.layers.dense({ units: classes, name: 'head' }).apply(x) as tf.SymbolicTensor });
}

export function small(args: Args): tf.LayersModel {
  return build(args, 4);
}

export function plain(args: Args): tf.LayersModel {
  return build(args, 4, 0);
}

export function large(args: Args): tf.LayersModel {
  return build(args, 16);
}
`;

function brightness(name: string, count: number): { images: Buffer; labels: Buffer } {
  const { size, classes } = tiny;
  const random = randomSource(name);
  const images = Buffer.alloc(16 + count * size * size);
  [0x803, count, size, size].forEach((value, index) => images.writeUInt32BE(value, 4 * index));
  const labels = Buffer.alloc(8 + count);
  [0x801, count].forEach((value, index) => labels.writeUInt32BE(value, 4 * index));
  for (let image = 0; image < count; image++) {
    const label = image % classes;
    labels[8 + image] = label;
    for (let pixel = 0; pixel < size * size; pixel++) {
      images[16 + image * size * size + pixel] = 40 * label + Math.floor(random() * 120);
    }
  }
  return { images, labels };
}
