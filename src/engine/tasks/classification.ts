import * as tf from '@tensorflow/tfjs';
import type { Batch, BatchSource } from '../../data/batch';
import { fitImages } from '../models/input-size';
import type { Model } from '../models/model';
import { classificationLoss } from './classification-loss';

/** How well a model does on one split: mean cross-entropy (no smoothing) and the share it gets right. */
export interface Score {
  readonly accuracy: number;
  readonly loss: number;
  readonly samples: number;
}

/** What a model says about the samples of a batch. */
export interface BatchPredictions {
  /** The class of the largest logit. */
  readonly predicted: Int32Array;
  /** Of the true class, 0 … 1. */
  readonly probability: Float32Array;
}

/**
 * Evaluates a model on every sample of a source, in inference mode, at the size of images that it takes.
 * `observe` is awaited after every batch, so that a long evaluation can be followed or ended by throwing.
 */
export async function evaluateClassification(
  model: Model,
  source: BatchSource,
  observe?: (batch: Batch, predictions: BatchPredictions) => Promise<void> | void,
): Promise<Score> {
  let right = 0;
  let loss = 0;
  let samples = 0;
  for (let index = 0; index < source.batchesPerEpoch; index++) {
    const batch = await source.next(0, index);
    const size = batch.labels.length;
    const results = tf.tidy(() => {
      const images = fitImages(tf.tensor4d(batch.images, [...batch.shape]), model);
      const labels = tf.tensor1d(batch.labels, 'int32');
      const logits = model.toLogits(model.network.apply(images, { training: false }) as tf.Tensor);
      const ofTruth = tf.cast(tf.oneHot(labels, logits.shape[1]), 'float32');
      return tf.concat([
        tf.reshape(classificationLoss(logits, labels, { labelSmoothing: 0 }), [1]),
        tf.cast(tf.argMax(logits, -1), 'float32'),
        tf.sum(tf.mul(tf.softmax(logits), ofTruth), -1),
      ]);
    });
    // WebGPU gives no numbers synchronously.
    const values = (await results.data()) as Float32Array;
    results.dispose();
    const predictions = {
      predicted: Int32Array.from(values.subarray(1, 1 + size)),
      probability: values.slice(1 + size),
    };
    right += predictions.predicted.filter((label, sample) => label === batch.labels[sample]).length;
    loss += values[0]! * size;
    samples += size;
    await observe?.(batch, predictions);
  }
  if (samples === 0) throw new Error('There are no samples to evaluate');
  return { accuracy: right / samples, loss: loss / samples, samples };
}
