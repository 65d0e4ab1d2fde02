/** A batch on its way to the engine: plain arrays, so that it can cross threads without a copy. */
export interface Batch {
  /** Normalised values, [size, height, width, channels]. */
  readonly images: Float32Array;
  readonly shape: readonly [number, number, number, number];
  readonly labels: Int32Array;
  /** Index of each sample within the whole training set (before limits), for methods with a memory. */
  readonly sampleIds: Int32Array;
  /** Mixup: each image is lambda of itself and 1 - lambda of an image with the label `labels`. */
  readonly mixed?: { readonly labels: Int32Array; readonly lambda: Float32Array };
}

/** Batches in a fixed order, loaded ahead in a thread of their own. */
export interface BatchSource {
  readonly batchesPerEpoch: number;
  readonly samples: number;
  /**
   * The batch at a place; the content depends on (seed, epoch, index) alone, so a resumed run sees the same.
   * Training epochs are shuffled and drop the last incomplete batch; evaluation keeps order and all samples.
   */
  next(epoch: number, index: number): Promise<Batch>;
  /** Milliseconds spent waiting in `next` since the last call of this function. */
  takeWaitedMs(): number;
  close(): Promise<void>;
}
