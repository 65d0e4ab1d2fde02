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
  /** int32 [N]: the place of each sample in the training set, the same in every epoch. */
  readonly sampleIds?: tf.Tensor1D;
  /** Of both models, [N, classes]. */
  readonly logits?: { readonly student: tf.Tensor2D; readonly teacher: tf.Tensor2D };
}

/** What a loss may need beside student and teacher. */
export type Need = Exclude<keyof LossInputs, 'student' | 'teacher'>;

/** What methods may ask for when they are made, beside shapes: parts of the teacher and of the data. */
export interface Parts {
  /** The teacher's last linear layer. */
  readonly classifier: Classifier;
  /** The class of every sample by its id; -1 for those that are not trained on. */
  readonly trainingLabels: Int32Array;
  /** Of the batch normalisation that each hooked layer of the teacher comes from, in their order. */
  readonly normalizations: readonly Normalization[];
}

export interface Classifier {
  /** [C, classes] */
  readonly kernel: tf.Tensor2D;
  /** [classes] */
  readonly bias?: tf.Tensor1D;
}

/** Scale and shift of a batch normalisation, [C]; 1 and 0 where it has none. */
export interface Normalization {
  readonly gamma: tf.Tensor1D;
  readonly beta: tf.Tensor1D;
}

/** Losses of a method that does more than compare. */
export interface LossAndMore<Features> {
  readonly loss: Loss<Features>;
  /**
   * A loss that teaches some of the method's weights from the teacher alone, before `loss` makes sense. `loss` stops
   * the gradient at those weights, and this one reaches no others.
   */
  readonly pretraining?: Loss<Features>;
  /**
   * Changes the method's state: called once after the loss of each batch, with the same inputs and the same
   * randomness, before the optimizer changes a weight.
   */
  readonly remember?: (inputs: LossInputs<Features>) => void;
}

/** A pure, synchronous function of tensors; a scalar. */
export type Loss<Features> = (inputs: LossInputs<Features>) => tf.Scalar;

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
  /**
   * A variable that is saved and restored with the weights, but not trained; its values are drawn one by one from
   * numbers in [0, 1).
   */
  state(name: string, shape: readonly number[], draw: (random: () => number) => number): tf.Variable;
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
  readonly needs?: readonly Need[];
  /**
   * Both models see each image four times: all N upright, then all turned by 90, by 180 and by 270 degrees. Student,
   * teacher and logits have 4 N rows in this order, labels and sample ids N.
   */
  readonly views?: 'rotations';
  /** It compares the samples of a batch with one another, and learns nothing from one alone, which is refused. */
  readonly comparesSamples?: true;
  /** Which parts `create` is given. */
  readonly requires?: readonly (keyof Parts)[];
  /**
   * Checks the shapes (throws `InputError` with a sentence that says which shapes it takes), makes the
   * weights, and returns the unweighted loss, alone or with what else the method does. Of `parts` it has those that
   * it requires; they stay the caller's, and may change while training goes on.
   */
  create(
    options: Static<Options>,
    shapes: { readonly student: Shapes; readonly teacher: Shapes },
    weights: WeightFactory,
    parts: Parts,
  ): Loss<Features> | LossAndMore<Features>;
}

/** One layer's, or those of several in the order in which they are hooked, by any names. */
export type OneOrMore<T> = T | Readonly<Record<string, T>>;

/** A method at work on one hook, as `createMethod` returns it. */
export interface DistillationMethod {
  /** By name. Those that are not `trainable` are state: kept with the rest, but not trained. */
  readonly weights: Record<string, tf.Variable>;
  /** What its loss needs beside student and teacher. */
  readonly needs: readonly Need[];
  /** What it is to be given of each image beside itself, in which order: as in its definition. */
  readonly views: MethodDefinition['views'];
  /** Replaces weights by name; unknown names and wrong shapes throw `InputError`. */
  setWeights(values: Record<string, tf.Tensor>): void;
  loss(inputs: LossInputs<OneOrMore<tf.Tensor>>): tf.Scalar;
  /** The loss of a stage before the others, in which the method learns from the teacher alone. */
  readonly pretraining?: (inputs: LossInputs<OneOrMore<tf.Tensor>>) => tf.Scalar;
  /** To be called once after the loss of each batch, with the same inputs and the same `Math.random`. */
  readonly remember?: (inputs: LossInputs<OneOrMore<tf.Tensor>>) => void;
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
