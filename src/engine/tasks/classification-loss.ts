import * as tf from '@tensorflow/tfjs';

export interface ClassificationLossOptions {
  /** Share of the target that is spread evenly over all classes, 0 … 1. */
  readonly labelSmoothing: number;
  /** Mixup: sample i is `lambda[i]` of its own label and the rest of `labels[i]`. */
  readonly mixed?: { readonly labels: tf.Tensor1D; readonly lambda: tf.Tensor1D };
}

/**
 * Cross-entropy of logits [N, classes] with labels (int32 [N]), mean over the batch; smoothing as in
 * `torch.nn.CrossEntropyLoss` (Szegedy et al., Rethinking the Inception Architecture, section 7).
 */
export function classificationLoss(
  logits: tf.Tensor2D,
  labels: tf.Tensor1D,
  { labelSmoothing, mixed }: ClassificationLossOptions,
): tf.Scalar {
  return tf.tidy(() => {
    const [samples, classes] = logits.shape;
    // As integers: the WASM kernel cannot make others.
    const target = (of: tf.Tensor1D): tf.Tensor => tf.cast(tf.oneHot(of, classes), 'float32');
    let targets = target(labels);
    if (mixed) {
      const other = target(mixed.labels);
      targets = tf.add(other, tf.mul(tf.reshape(mixed.lambda, [samples, 1]), tf.sub(targets, other)));
    }
    if (labelSmoothing > 0) {
      targets = tf.add(tf.mul(targets, 1 - labelSmoothing), labelSmoothing / classes);
    }
    return tf.div(tf.sum(tf.mul(targets, tf.logSoftmax(logits))), -samples);
  });
}
