/** A part of a text, by offsets; `to` is behind the last character. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** An exported function that builds and returns a model. */
export interface Builder extends Span {
  /** The name of the export, as references write it: `resnet8`, `default`. */
  readonly name: string;
  /** Where the function's name stands, or `default`. */
  readonly nameSpan: Span;
}

/** A call that makes a layer: `tf.layers.conv2d(…)`, or a function of the file that makes one by a given name. */
export interface LayerCall extends Span {
  /** `conv2d`, or the name of the file's function. */
  readonly factory: string;
  /** The layer's name, where it is a constant. */
  readonly name?: string;
  /** The exports that call it, straight or through functions of the file. */
  readonly builders: readonly string[];
}

/** What a source file says about models. */
export interface ModelSource {
  readonly builders: readonly Builder[];
  readonly layers: readonly LayerCall[];
}

/** Whether a file is worth reading: a quick look at its text. */
export function mayBuildModels(text: string): boolean {
  return /LayersModel|\bSequential\b|\b(?:[mM]odel|sequential)\s*\(/.test(text);
}
