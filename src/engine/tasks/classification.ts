import * as tf from '@tensorflow/tfjs';
import type { BatchSource } from '../../data/batch';
import type { Model } from '../models/model';
import { classificationLoss } from './classification-loss';

/** How well a model does on one split: mean cross-entropy (no smoothing) and the share it gets right. */
export interface Score {
  readonly accuracy: number;
  readonly loss: number;
  readonly samples: number;
}

/**
 * Evaluates a model on every sample of a source, in inference mode.
 * `between` is awaited after every batch, so that a long evaluation can be followed or ended by throwing.
 */
export async function evaluateClassification(
  model: Model,
  source: BatchSource,
  between?: (done: number) => Promise<void> | void,
): Promise<Score> {
  let right = 0;
  let loss = 0;
  let samples = 0;
  for (let index = 0; index < source.batchesPerEpoch; index++) {
    const batch = await source.next(0, index);
    const size = batch.labels.length;
    const scores = tf.tidy(() => {
      const images = tf.tensor4d(batch.images, [...batch.shape]);
      const labels = tf.tensor1d(batch.labels, 'int32');
      const logits = model.toLogits(model.network.apply(images, { training: false }) as tf.Tensor);
      const rightHere = logits.argMax(-1).equal(labels).cast('float32').sum();
      return tf.stack([rightHere, classificationLoss(logits, labels, { labelSmoothing: 0 })]);
    });
    // WebGPU gives no numbers synchronously.
    const [batchRight, batchLoss] = await scores.data();
    scores.dispose();
    right += batchRight!;
    loss += batchLoss! * size;
    samples += size;
    await between?.(samples);
  }
  if (samples === 0) throw new Error('There are no samples to evaluate');
  return { accuracy: right / samples, loss: loss / samples, samples };
}
