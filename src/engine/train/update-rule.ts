import type * as tf from '@tensorflow/tfjs';

/** What an update rule works on: one weight, its gradient, and what the rule remembers of it. */
export interface Update {
  readonly weight: tf.Tensor;
  readonly gradient: tf.Tensor;
  /** By slot name; zeros before the first step. */
  readonly slots: Readonly<Record<string, tf.Tensor>>;
  readonly lr: number;
  readonly weightDecay: number;
  /** Steps of the optimizer, this one included. */
  readonly step: number;
  /** A number as a tensor, made once a step for all parameters. */
  readonly constant: (value: number) => tf.Scalar;
}

/** The arithmetic of an optimizer, for one weight at a time. */
export interface UpdateRule {
  /** Tensors of a weight's shape that are remembered from step to step. */
  readonly slots: readonly string[];
  apply(update: Update): { readonly weight: tf.Tensor; readonly slots: Record<string, tf.Tensor> };
}
