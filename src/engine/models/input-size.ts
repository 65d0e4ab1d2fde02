import type * as tf from '@tensorflow/tfjs';
import { reduceImages } from '../operations/reduce-images';
import type { Model } from './model';

type Shape = readonly [height: number, width: number, channels: number];

/** The height and width that a model takes images of this shape at; its network may leave its size open. */
export function inputSize(
  { network }: Pick<Model, 'network'>,
  [height, width]: Shape,
): readonly [number, number] {
  const [, rows, columns] = network.inputs[0]!.shape;
  return [rows ?? height, columns ?? width];
}

/** Whether images of this shape are made smaller for a model. */
export function takesSmaller(model: Pick<Model, 'network'>, shape: Shape): boolean {
  const [rows, columns] = inputSize(model, shape);
  return rows !== shape[0] || columns !== shape[1];
}

/** Images [N, H, W, C] at the size that a model takes: themselves, or smaller ones. The caller tidies. */
export function fitImages(images: tf.Tensor4D, model: Pick<Model, 'network'>): tf.Tensor4D {
  const [, ...shape] = images.shape;
  return takesSmaller(model, shape) ? reduceImages(images, ...inputSize(model, shape)) : images;
}
