import { permutation, randomSource } from '../common/random';
import type { Recipe } from '../recipe/schema';
import { createPipeline, type Pipeline } from './augment/pipeline';
import type { Batch } from './batch';
import type { Dataset, Image, Normalization, Split } from './dataset';
import { chooseNormalization, createNormalizer, type Normalizer } from './normalization';
import { splitTraining } from './split';

/** What recipes and models need to know about a dataset; plain data. */
export interface DataInfo {
  readonly classNames: readonly string[];
  /** [height, width, channels] of every batch. */
  readonly imageShape: readonly [number, number, number];
  readonly normalization: Normalization;
  /** Images of each split, after the limits. */
  readonly samples: Readonly<Record<SplitName, number>>;
  /** Class of each image of the dataset's training split by its place, the `sampleIds` of batches; -1: not trained on. */
  readonly trainingLabels: Int32Array;
}

export type SplitName = 'train' | 'validation' | 'test';

/** Which batches a source gives. */
export interface BatchPlan {
  readonly split: SplitName;
  /** Shuffled, augmented, the last incomplete batch dropped; otherwise in order, as they are, all of them. */
  readonly training: boolean;
  readonly batchSize: number;
  /** Of the order and the augmentation. */
  readonly seed: number;
}

/** Makes any batch of a recipe's data; what is in it depends on the plan, the epoch and its index alone. */
export class BatchMaker {
  readonly info: DataInfo;
  private readonly samples: Readonly<Record<SplitName, Uint32Array>>;
  private readonly pipeline: Pipeline;
  private readonly normalize: Normalizer;
  private lastOrder: { readonly key: string; readonly order: Uint32Array } | undefined;

  /** Throws `InputError` where the recipe's `data` does not fit the dataset. */
  constructor(
    private readonly dataset: Dataset,
    data: Recipe['data'],
  ) {
    const { train, validation } = splitTraining(dataset.train.labels.length, data);
    const test = Uint32Array.from({ length: dataset.test?.labels.length ?? 0 }, (_, index) => index);
    this.samples = { train, validation, test };
    this.pipeline = createPipeline(data.augment);
    const normalization = chooseNormalization(data.normalize, dataset.normalization, dataset.imageShape[2]);
    this.normalize = createNormalizer(normalization);
    this.info = {
      classNames: dataset.classNames,
      imageShape: dataset.imageShape,
      normalization,
      samples: { train: train.length, validation: validation.length, test: test.length },
      trainingLabels: labelsOf(train, dataset.train.labels),
    };
  }

  async make(plan: BatchPlan, epoch: number, index: number): Promise<Batch> {
    const split = plan.split === 'test' ? this.dataset.test! : this.dataset.train;
    const order = this.order(plan, epoch);
    const sampleIds = Int32Array.from(order.subarray(index * plan.batchSize, (index + 1) * plan.batchSize));
    const [height, width, channels] = this.dataset.imageShape;
    const length = height * width * channels;
    const images = new Float32Array(sampleIds.length * length);

    const place = async (id: number, position: number): Promise<void> => {
      const values = images.subarray(position * length, (position + 1) * length);
      const written = plan.training
        ? this.augment(split, id, plan.seed, epoch, values)
        : this.plain(split, id, values);
      // In-memory data is done by now, and a microtask for each image would cost as much as the image.
      if (written instanceof Promise) await written;
    };
    await Promise.all(Array.from(sampleIds, place));

    let batch: Batch = {
      images,
      shape: [sampleIds.length, height, width, channels],
      labels: sampleIds.map((id) => split.labels[id]!),
      sampleIds,
    };
    if (plan.training && this.pipeline.batch.length > 0) {
      const random = randomSource(plan.seed, 'augment batch', epoch, index);
      for (const change of this.pipeline.batch) batch = change(batch, random);
    }
    return batch;
  }

  private plain(split: Split, id: number, values: Float32Array): Promise<void> | void {
    return whenRead(split.read(id), (image) => this.normalize(image.data, values));
  }

  private augment(
    split: Split,
    id: number,
    seed: number,
    epoch: number,
    values: Float32Array,
  ): Promise<void> | void {
    const random = randomSource(seed, 'augment', epoch, id);
    const region = this.pipeline.region?.(split.storedSize(id), random);
    return whenRead(split.read(id, region), (read) => {
      let image = read;
      for (const change of this.pipeline.image) image = change(image, random);
      this.normalize(image.data, values);
      for (const change of this.pipeline.values) change(values, this.dataset.imageShape, random);
    });
  }

  private order(plan: BatchPlan, epoch: number): Uint32Array {
    const samples = this.samples[plan.split];
    if (!plan.training) return samples;
    const key = `${plan.split}/${plan.seed}/${epoch}`;
    if (this.lastOrder?.key !== key) {
      const places = permutation(samples.length, randomSource(plan.seed, 'order', epoch));
      this.lastOrder = { key, order: places.map((place) => samples[place]!) };
    }
    return this.lastOrder.order;
  }
}

function labelsOf(samples: Uint32Array, labels: Int32Array): Int32Array {
  const trained = new Int32Array(labels.length).fill(-1);
  for (const sample of samples) trained[sample] = labels[sample]!;
  return trained;
}

/** Batches in one epoch of a plan over so many samples. */
export function batchesPerEpoch(plan: BatchPlan, samples: number): number {
  return plan.training ? Math.floor(samples / plan.batchSize) : Math.ceil(samples / plan.batchSize);
}

function whenRead(image: Promise<Image> | Image, use: (image: Image) => void): Promise<void> | void {
  return image instanceof Promise ? image.then(use) : use(image);
}
