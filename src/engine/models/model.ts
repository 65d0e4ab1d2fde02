import type * as tf from '@tensorflow/tfjs';

/** A named activation of a model. Its id depends on its own model alone, not on what was built before. */
export interface Layer {
  /** The name the author gave, else class and order within the model, e.g. `conv2d_3`. */
  readonly id: string;
  readonly className: string;
  /** Without the batch. */
  readonly outputShape: readonly (number | null)[];
  /** Of the layer, also where it is called again. */
  readonly parameters: number;
  /** Multiply-adds counted as two, for one sample. */
  readonly flops: number;
  readonly output: tf.SymbolicTensor;
  /** The calls in the user's sources that made it, the innermost first; none for a built-in or a saved model. */
  readonly places: readonly Place[];
}

/** A place in a user's source file; line and column from 1. */
export interface Place {
  /** Relative to the workspace, with forward slashes. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A model as the engine uses it, whatever it was loaded from. */
export interface Model {
  readonly network: tf.LayersModel;
  readonly layers: readonly Layer[];
  /** Finds a layer; `InputError` with the nearest right name if there is none. */
  layer(id: string): Layer;
  /** All weights by stable name (`stage1_block0_conv1/kernel`), trainable or not. */
  readonly weights: ReadonlyMap<string, ModelWeight>;
  /** Values that a gradient can reach, frozen or not: all weights but moving averages. */
  readonly parameters: number;
  /** Turns the network's output into logits: the identity, or the logarithm where it ends in a softmax. */
  toLogits(output: tf.Tensor): tf.Tensor2D;
  readonly endsInSoftmax: boolean;
  /** The user's files that the network was made from; none for a built-in one. */
  readonly sources: readonly SourceFile[];
  dispose(): void;
}

/** Floating-point operations of all layers for one sample; a multiply-add counts as two. */
export function totalFlops({ layers }: Model): number {
  return layers.reduce((sum, layer) => sum + layer.flops, 0);
}

export interface SourceFile {
  /** Relative to the workspace, with forward slashes. */
  readonly path: string;
  readonly sha256: string;
}

export interface ModelWeight {
  readonly trainable: boolean;
  readonly shape: readonly (number | null)[];
  /** The variable itself, for gradients and the optimizer. */
  readonly variable: tf.Variable;
  /** The current value; owned by the model, not to be disposed. */
  read(): tf.Tensor;
  write(value: tf.Tensor): void;
}
