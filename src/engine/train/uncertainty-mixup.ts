import * as tf from '@tensorflow/tfjs';
import { permutation, randomSource } from '../../common/random';
import { keptImages } from '../../recipe/mixing';
import type { TrainSettings } from '../../recipe/schema';

type Settings = NonNullable<TrainSettings['uncertaintyMixup']>;

/** A batch on the device: images [N, H, W, C], labels and sample ids int32 [N]. */
export interface ImageBatch {
  readonly images: tf.Tensor4D;
  readonly labels: tf.Tensor1D;
  readonly sampleIds: tf.Tensor1D;
  /** Each image is lambda of itself and the rest of one with the label `labels`. */
  readonly mixed?: { readonly labels: tf.Tensor1D; readonly lambda: tf.Tensor1D };
}

/** What mixing a batch draws, from the seed of the pass. */
export interface Mixing {
  /** A permutation of 0 … N - 1. */
  readonly partners: Int32Array;
  /** Uniform in 0 … 1. */
  readonly strength: number;
}

/** Draws how a batch of so many images is mixed. */
export function drawMixing(count: number, seed: string): Mixing {
  const random = randomSource(seed, 'mixing');
  return { partners: Int32Array.from(permutation(count, random)), strength: random() };
}

/**
 * Uncertainty-aware mixup (Xu, Liu, Loy: Computation-Efficient Knowledge Distillation via Uncertainty-Aware Mixup,
 * 2020; xuguodong03/UNIXKD, student_v0.py): the images in the order of the student's uncertainty, the least certain
 * first; the image at place r of n is mixed with `strength` / (1 + exp(-steepness (r / n - m))) of its partner, where
 * m = midpoint - 1 / (2 n); only the first are kept. So the uncertain images stay nearly as they are, the certain ones
 * share their place, and the most certain are seen as partners alone.
 *
 * @param logits the student's, [N, classes]
 */
export function mixByUncertainty(
  { images, labels, sampleIds }: Omit<ImageBatch, 'mixed'>,
  logits: tf.Tensor2D,
  settings: Settings,
  draw: Mixing,
): ImageBatch {
  return tf.tidy(() => {
    const count = images.shape[0];
    const kept = keptImages(settings, count);
    const order = tf.topk(uncertainty(logits, settings.uncertainty), count).indices;
    const first = tf.slice(order, 0, kept);
    const partners = tf.tensor1d(draw.partners.slice(0, kept), 'int32');

    const middle = settings.midpoint - 1 / (2 * count);
    const places = tf.div(tf.range(0, kept), count);
    const share = tf.mul<tf.Tensor1D>(
      tf.sigmoid(tf.mul(tf.sub(places, middle), settings.steepness)),
      draw.strength,
    );
    const [own, other] = [tf.gather(images, first), tf.gather(images, partners)];
    const mixed = tf.add(own, tf.mul(tf.reshape(share, [kept, 1, 1, 1]), tf.sub(other, own)));
    return {
      images: mixed as tf.Tensor4D,
      labels: tf.gather(labels, first),
      sampleIds: tf.gather(sampleIds, first),
      mixed: { labels: tf.gather(labels, partners), lambda: tf.sub<tf.Tensor1D>(1, share) },
    };
  });
}

/** Larger where the student is less certain, [N]. */
function uncertainty(logits: tf.Tensor2D, measure: Settings['uncertainty']): tf.Tensor1D {
  const logs = tf.logSoftmax(logits);
  const probabilities = tf.exp(logs);
  switch (measure) {
    case 'entropy':
      return tf.neg(tf.sum<tf.Tensor1D>(tf.mul(probabilities, logs), -1));
    case 'confidence':
      return tf.neg(tf.max<tf.Tensor1D>(probabilities, -1));
    case 'margin': {
      const [first, second] = tf.split(tf.topk(probabilities, 2).values, 2, 1);
      return tf.squeeze(tf.sub(second!, first!), [1]);
    }
  }
}
