import type { Batch } from '../data/batch';
import type { DataInfo } from '../data/batch-maker';
import type { BatchPredictions } from '../engine/tasks/classification';
import { LARGEST_PICTURE, type Predictions, type SamplePicture } from '../runs/predictions';

/** Collects what a model says about the batches of an evaluation, with pictures of the samples it does worst on. */
export class PredictionRecorder {
  private readonly sampleIds: number[] = [];
  private readonly truth: number[] = [];
  private readonly predicted: number[] = [];
  private readonly probability: number[] = [];
  /** By the probability of their true class, the lowest first. */
  private readonly worst: { readonly probability: number; readonly picture: SamplePicture }[] = [];

  /** @param pictures how many samples are kept as pictures */
  constructor(
    private readonly info: Pick<DataInfo, 'classNames' | 'normalization'>,
    private readonly pictures: number,
  ) {}

  add(batch: Batch, { predicted, probability }: BatchPredictions): void {
    const first = this.truth.length;
    this.sampleIds.push(...batch.sampleIds);
    this.truth.push(...batch.labels);
    this.predicted.push(...predicted);
    this.probability.push(...probability);
    probability.forEach((value, index) => this.consider(batch, index, first + index, value));
  }

  finish({ step, epoch }: { readonly step: number; readonly epoch: number }): Predictions {
    return {
      step,
      epoch,
      classNames: this.info.classNames,
      sampleIds: this.sampleIds,
      truth: this.truth,
      predicted: this.predicted,
      probability: this.probability,
      pictures: this.worst.map(({ picture }) => picture),
    };
  }

  /** Keeps a sample's picture while no better ones fill the places; the first of equals stays in front. */
  private consider(batch: Batch, index: number, sample: number, probability: number): void {
    const place = this.worst.findIndex((other) => probability < other.probability);
    if (place < 0 && this.worst.length >= this.pictures) return;
    const picture = { sample, ...drawPicture(batch, index, this.info.normalization) };
    this.worst.splice(place < 0 ? this.worst.length : place, 0, { probability, picture });
    this.worst.length = Math.min(this.worst.length, this.pictures);
  }
}

/** One image of a batch in bytes again; a large one made smaller, each pixel the mean of a square of its own. */
export function drawPicture(
  { images, shape: [, height, width, channels] }: Pick<Batch, 'images' | 'shape'>,
  index: number,
  { mean, std }: DataInfo['normalization'],
): Omit<SamplePicture, 'sample'> {
  const factor = Math.ceil(Math.max(height, width) / LARGEST_PICTURE);
  const [rows, columns] = [Math.ceil(height / factor), Math.ceil(width / factor)];
  const values = images.subarray(index * height * width * channels);
  const pixels = new Uint8ClampedArray(rows * columns * channels);
  for (let place = 0; place < pixels.length; place++) {
    const channel = place % channels;
    const column = Math.floor(place / channels) % columns;
    const row = Math.floor(place / (channels * columns));
    const bottom = Math.min(height, (row + 1) * factor);
    const right = Math.min(width, (column + 1) * factor);
    let [sum, count] = [0, 0];
    for (let y = row * factor; y < bottom; y++) {
      for (let x = column * factor; x < right; x++) {
        sum += values[(y * width + x) * channels + channel]!;
        count += 1;
      }
    }
    // A clamped array rounds and bounds by itself.
    pixels[place] = 255 * ((sum / count) * std[channel]! + mean[channel]!);
  }
  return { width: columns, height: rows, channels: channels as 1 | 3, pixels: Uint8Array.from(pixels) };
}
