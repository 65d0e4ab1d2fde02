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
    const spread = labelSmoothing / classes;
    const target = (of: tf.Tensor1D): tf.Tensor =>
      tf.oneHot(of, classes, 1 - labelSmoothing + spread, spread, 'float32');
    const targets = mixed
      ? interpolate(target(labels), target(mixed.labels), mixed.lambda.reshape([samples, 1]))
      : target(labels);
    return tf.div(tf.sum(tf.mul(targets, tf.logSoftmax(logits))), -samples);
  });
}

function interpolate(first: tf.Tensor, second: tf.Tensor, share: tf.Tensor): tf.Tensor {
  return tf.add(second, tf.mul(share, tf.sub(first, second)));
}
