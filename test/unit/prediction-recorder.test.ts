import assert from 'node:assert/strict';
import type { Batch } from '../../src/data/batch';
import { drawPicture, PredictionRecorder } from '../../src/worker/prediction-recorder';

describe('recording predictions', () => {
  const info = { classNames: ['a', 'b'], normalization: { mean: [0.5], std: [0.25] } };
  /** Images of one pixel each. */
  const batch = (bytes: number[], firstId: number): Batch => ({
    images: Float32Array.from(bytes, (byte) => (byte / 255 - 0.5) / 0.25),
    shape: [bytes.length, 1, 1, 1],
    labels: Int32Array.from(bytes, () => 1),
    sampleIds: Int32Array.from(bytes, (_, index) => firstId + index),
  });

  it('keeps all samples in their order, and pictures of the worst', () => {
    const recorder = new PredictionRecorder(info, 3);
    recorder.add(batch([10, 20, 30], 100), {
      predicted: Int32Array.of(1, 0, 1),
      probability: Float32Array.of(0.5, 0.25, 0.75),
    });
    recorder.add(batch([40, 50], 7), {
      predicted: Int32Array.of(0, 0),
      probability: Float32Array.of(0.125, 0.25),
    });
    const predictions = recorder.finish({ step: 4, epoch: 2 });
    assert.deepEqual(predictions.sampleIds, [100, 101, 102, 7, 8]);
    assert.deepEqual(predictions.predicted, [1, 0, 1, 0, 0]);
    assert.deepEqual(predictions.probability, [0.5, 0.25, 0.75, 0.125, 0.25]);
    assert.deepEqual(
      predictions.pictures.map(({ sample, pixels }) => [sample, ...pixels]),
      [
        [3, 40],
        [1, 20],
        [4, 50],
      ],
    );
  });

  it('keeps no pictures where none are wanted', () => {
    const recorder = new PredictionRecorder(info, 0);
    recorder.add(batch([10], 0), { predicted: Int32Array.of(0), probability: Float32Array.of(0) });
    assert.deepEqual(recorder.finish({ step: 0, epoch: 0 }).pictures, []);
  });

  it('draws the second image of a batch, in colours, as it was', () => {
    const bytes = [0, 1, 128, 254, 255, 77];
    const [mean, std] = [
      [0.1, 0.5, 0.9],
      [0.3, 0.2, 0.1],
    ];
    const image = bytes.map((byte, index) => (byte / 255 - mean[index % 3]!) / std[index % 3]!);
    const images = Float32Array.of(...Array<number>(6).fill(9), ...image);
    const picture = drawPicture({ images, shape: [2, 1, 2, 3] }, 1, { mean, std });
    assert.deepEqual(
      { ...picture, pixels: [...picture.pixels] },
      { width: 2, height: 1, channels: 3, pixels: bytes },
    );
  });

  it('makes large images smaller by the mean of squares, those at the edges cut', () => {
    // 130 wide: squares of 3, the last column of squares is one pixel wide.
    const images = Float32Array.from({ length: 2 * 130 }, (_, place) => (place % 130) / 255);
    const picture = drawPicture({ images, shape: [1, 2, 130, 1] }, 0, { mean: [0], std: [1] });
    assert.deepEqual([picture.width, picture.height], [44, 1]);
    assert.deepEqual([...picture.pixels.slice(0, 3)], [1, 4, 7]);
    assert.equal(picture.pixels.at(-1), 129);
  });
});
