import * as tf from '@tensorflow/tfjs';
import { randomSource } from '../../src/common/random';
import type { DistillationMethod, Parts, Shape } from '../../src/engine/methods/method';
import { createMethod } from '../../src/engine/methods/registry';
import type { Case } from './methods-cases';

function isSeveral(shapes: Shape | readonly Shape[]): shapes is readonly Shape[] {
  return Array.isArray(shapes[0]);
}

export function shapesOf(shapes: Shape | readonly Shape[]): readonly Shape[] {
  return isSeveral(shapes) ? shapes : [shapes];
}

/** As methods take them: one alone, several by name. */
export function byLayer<T>(layers: readonly T[]): T | Record<string, T> {
  return layers.length === 1
    ? layers[0]!
    : Object.fromEntries(layers.map((layer, place) => [`stage${place + 1}`, layer]));
}

/** Of a row in the table. */
export function methodOf(name: string): string {
  return name.split(',')[0]!;
}

export function create(
  name: string,
  { options = {}, student, teacher, parts = {} }: Case,
  seed: number,
): DistillationMethod {
  const shapes = { student: byLayer(shapesOf(student)), teacher: byLayer(shapesOf(teacher)) };
  return createMethod(methodOf(name), options, shapes, { seed, parts: partsOf(parts) });
}

/** The same tensors whenever they are asked for, for all tests. */
function partsOf({ trainingLabels, classifier, normalizations }: NonNullable<Case['parts']>): Partial<Parts> {
  const kept = (tensor: string, shape: Shape, mean = 0): tf.Tensor =>
    (keptTensors[`${tensor} ${shape.join()}`] ??= tf.keep(normal(tensor, shape, mean)));
  return {
    ...(trainingLabels && { trainingLabels: Int32Array.from(trainingLabels) }),
    ...(classifier && {
      classifier: {
        kernel: kept('classifier', classifier) as tf.Tensor2D,
        bias: kept('bias', [classifier[1]]) as tf.Tensor1D,
      },
    }),
    ...(normalizations && {
      normalizations: normalizations.map((channels) => ({
        gamma: kept('gamma', [channels], 2) as tf.Tensor1D,
        beta: kept('beta', [channels]) as tf.Tensor1D,
      })),
    }),
  };
}

const keptTensors: Record<string, tf.Tensor> = {};

/** Normal with deviation 1, the same for the same parts. */
export function normal(name: string, shape: Shape, mean = 0): tf.Tensor {
  const random = randomSource('methods.test', name);
  const values = Float32Array.from({ length: tf.util.sizeFromShape([...shape]) }, () => {
    return mean + Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  });
  return tf.tensor(values, [...shape]);
}
