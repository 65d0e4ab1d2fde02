import type * as tf from '@tensorflow/tfjs';
import { reduceImages } from '../operations/reduce-images';
import type { Model } from './model';

/** The height and width that a model takes images of these at; its network may leave its size open. */
function inputSize(
  { network }: Pick<Model, 'network'>,
  [height, width]: readonly [number, number],
): readonly [number, number] {
  const [, rows, columns] = network.inputs[0]!.shape;
  return [rows ?? height, columns ?? width];
}

/** Whether images of a shape [height, width, channels] are made smaller for a model. */
export function takesSmaller(
  model: Pick<Model, 'network'>,
  [height, width]: readonly [number, number, number],
): boolean {
  const [rows, columns] = inputSize(model, [height, width]);
  return rows !== height || columns !== width;
}

/** Images [N, H, W, C] at the size that a model takes: themselves, or smaller ones. The caller tidies. */
export function fitImages(images: tf.Tensor4D, model: Pick<Model, 'network'>): tf.Tensor4D {
  const [, height, width, channels] = images.shape;
  if (!takesSmaller(model, [height, width, channels])) return images;
  return reduceImages(images, ...inputSize(model, [height, width]));
}
