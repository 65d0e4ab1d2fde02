import { InputError } from '../common/errors';
import type { Normalization } from './dataset';

/** Mean and (population) standard deviation per channel of bytes with the channels last, as values in 0 … 1. */
export function measureNormalization(bytes: Uint8Array, channels: number): Normalization {
  const counts = new Float64Array(256 * channels);
  for (let place = 0; place < bytes.length;) {
    for (let channel = 0; channel < channels; channel++) counts[256 * channel + bytes[place++]!]! += 1;
  }
  const mean: number[] = [];
  const std: number[] = [];
  for (let channel = 0; channel < channels; channel++) {
    let [total, sum, squares] = [0, 0, 0];
    for (let value = 0; value < 256; value++) {
      const count = counts[256 * channel + value]!;
      total += count;
      sum += (count * value) / 255;
      squares += count * (value / 255) ** 2;
    }
    const average = sum / total;
    mean.push(average);
    // A channel that never changes is only shifted.
    std.push(Math.sqrt(Math.max(0, squares / total - average ** 2)) || 1);
  }
  return { mean, std };
}

/** The recipe's normalisation, checked against the number of channels; one value serves all of them. */
export function chooseNormalization(
  given: Normalization | undefined,
  own: Normalization,
  channels: number,
): Normalization {
  if (given === undefined) return own;
  const perChannel = (values: readonly number[], key: string): readonly number[] => {
    if (values.length === channels) return values;
    if (values.length === 1) return Array<number>(channels).fill(values[0]!);
    throw new InputError(
      `data.normalize.${key}: ${values.length} values, but the images have ${channels} channel${channels === 1 ? '' : 's'}`,
    );
  };
  return { mean: perChannel(given.mean, 'mean'), std: perChannel(given.std, 'std') };
}

/** Writes normalised values, (byte / 255 - mean) / std, of channels-last bytes. */
export type Normalizer = (bytes: Uint8Array, into: Float32Array) => void;

export function createNormalizer({ mean, std }: Normalization): Normalizer {
  const channels = mean.length;
  const table = new Float32Array(256 * channels);
  for (let channel = 0; channel < channels; channel++) {
    for (let value = 0; value < 256; value++) {
      table[256 * channel + value] = (value / 255 - mean[channel]!) / std[channel]!;
    }
  }
  return (bytes, into) => {
    for (let place = 0; place < bytes.length;) {
      for (let base = 0; base < table.length; base += 256) {
        into[place] = table[base + bytes[place]!]!;
        place += 1;
      }
    }
  };
}
