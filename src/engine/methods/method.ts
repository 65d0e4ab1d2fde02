import type { Static, TObject } from '@sinclair/typebox';
import type * as tf from '@tensorflow/tfjs';
import type { CatalogueMethod } from '../../recipe/catalogue';

/** A shape with the batch first: maps [N, H, W, C], vectors and logits [N, C]. */
export type Shape = readonly number[];

/** What a method's loss is computed from. All methods use student and teacher; some use more. */
export interface LossInputs<Features = tf.Tensor> {
  readonly student: Features;
  readonly teacher: Features;
  /** int32 [N]. */
  readonly labels?: tf.Tensor1D;
}

/**
 * Makes the trainable weights of a method's transform; names are those of the parity fixtures.
 * A weight's values depend on the seed and its name alone.
 */
export interface WeightFactory {
  /**
   * Uniform in +-1/sqrt(fanIn): what PyTorch gives the kernel and the bias of a convolution or linear layer
   * (`kaiming_uniform_` with a = sqrt(5)). `fanIn` is height x width x input channels of the kernel.
   */
  uniform(name: string, shape: readonly number[], fanIn: number): tf.Variable;
  /** Normal with mean 0. */
  normal(name: string, shape: readonly number[], deviation: number): tf.Variable;
  constant(name: string, shape: readonly number[], value: number): tf.Variable;
}

/**
 * One distillation method: everything known about it in one file. `define` registers nothing;
 * `registry.ts` lists the files.
 */
export type MethodDefinition<Options extends TObject = TObject> =
  | MethodOn<Options, 'one', Shape, tf.Tensor>
  | MethodOn<Options, 'several', readonly Shape[], readonly tf.Tensor[]>;

interface MethodOn<
  Options extends TObject,
  Layers extends CatalogueMethod['layers'],
  Shapes,
  Features,
> extends CatalogueMethod {
  readonly options: Options;
  /** Whether it hooks one layer of each model, or several in their order, shallow to deep. */
  readonly layers: Layers;
  /** What its loss needs beside student and teacher. */
  readonly needs?: readonly Exclude<keyof LossInputs, 'student' | 'teacher'>[];
  /**
   * Checks the shapes (throws `InputError` with a sentence that says which shapes it takes), makes the
   * weights, and returns the unweighted loss: a pure, synchronous function of tensors, a scalar.
   */
  create(
    options: Static<Options>,
    shapes: { readonly student: Shapes; readonly teacher: Shapes },
    weights: WeightFactory,
  ): (inputs: LossInputs<Features>) => tf.Scalar;
}

/** One layer's, or those of several in the order in which they are hooked, by any names. */
export type OneOrMore<T> = T | Readonly<Record<string, T>>;

/** A method at work on one hook, as `createMethod` returns it. */
export interface DistillationMethod {
  readonly weights: Record<string, tf.Variable>;
  /** Replaces weights by name; unknown names and wrong shapes throw `InputError`. */
  setWeights(values: Record<string, tf.Tensor>): void;
  loss(inputs: LossInputs<OneOrMore<tf.Tensor>>): tf.Scalar;
  dispose(): void;
}

/** Keeps the option types of a definition while letting it stand in a list of all of them. */
export function defineMethod<Options extends TObject>(
  definition: Omit<MethodOn<Options, 'one', Shape, tf.Tensor>, 'layers'>,
): MethodDefinition {
  return { ...definition, layers: 'one' };
}

/** The same for a method on several layers. */
export function defineSeveralLayerMethod<Options extends TObject>(
  definition: Omit<MethodOn<Options, 'several', readonly Shape[], readonly tf.Tensor[]>, 'layers'>,
): MethodDefinition {
  return { ...definition, layers: 'several' };
}
