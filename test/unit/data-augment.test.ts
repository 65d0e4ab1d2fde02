import assert from 'node:assert/strict';
import { randomSource } from '../../src/common/random';
import { drawBeta } from '../../src/data/augment/beta';
import { adjustBrightness, adjustContrast, adjustHue, adjustSaturation } from '../../src/data/augment/color';
import { colorJitter } from '../../src/data/augment/color-jitter';
import { crop } from '../../src/data/augment/crop';
import { cutout } from '../../src/data/augment/cutout';
import { flip } from '../../src/data/augment/flip';
import { mixup } from '../../src/data/augment/mixup';
import { randomResizedCrop } from '../../src/data/augment/random-resized-crop';
import type { ChooseRegion } from '../../src/data/augment/augmentation';
import { createPipeline } from '../../src/data/augment/pipeline';
import type { Batch } from '../../src/data/batch';
import type { Image } from '../../src/data/dataset';
import { resizeRegion } from '../../src/data/pixels';
import { inputError } from './data-helpers';
import pillow from '../fixtures/data/pillow.json';

/** Gives the numbers one after another, then fails. */
function numbers(...values: number[]): () => number {
  return () => {
    const value = values.shift();
    assert.notEqual(value, undefined, 'a random number more than expected was drawn');
    return value!;
  };
}

function image(height: number, width: number, channels: number, data: readonly number[]): Image {
  return { height, width, channels, data: Uint8Array.from(data) };
}

const [height, width, channels] = pillow.shape as [number, number, number];
const colour = image(height, width, channels, pillow.image);
const grey = image(height, width, 1, pillow.grey);
const counted = image(3, 3, 1, [1, 2, 3, 4, 5, 6, 7, 8, 9]);

describe('data: flip', () => {
  const apply = flip.create({ probability: 0.5 });

  it('mirrors each row and keeps the order of the channels', () => {
    const picture = image(2, 2, 3, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    assert.deepEqual([...apply(picture, numbers(0.49)).data], [4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9]);
    assert.deepEqual([...picture.data], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 'the input stays as it was');
  });

  it('leaves the image when the number drawn is not below the probability', () => {
    assert.equal(apply(counted, numbers(0.5)), counted);
  });
});

describe('data: crop', () => {
  const apply = (fill: string, right: number, down: number): number[] => {
    // padding 1: a number in [0, 1/3) is a shift of -1, in [1/3, 2/3) of 0, above of 1.
    const change = crop.create({ padding: 1, fill });
    return [...change(counted, numbers((right + 1.5) / 3, (down + 1.5) / 3)).data];
  };

  it('moves the window over black', () => {
    assert.deepEqual(apply('zero', 0, 0), [...counted.data]);
    assert.deepEqual(apply('zero', 1, 0), [2, 3, 0, 5, 6, 0, 8, 9, 0]);
    assert.deepEqual(apply('zero', -1, 1), [0, 4, 5, 0, 7, 8, 0, 0, 0]);
  });

  it('reaches every offset, and no other', () => {
    const change = crop.create({ padding: 2, fill: 'zero' });
    const dot = image(
      9,
      9,
      1,
      Array.from({ length: 81 }, (_, place) => (place === 40 ? 1 : 0)),
    );
    const random = randomSource('offsets');
    const places = new Set(Array.from({ length: 2000 }, () => change(dot, random).data.indexOf(1)));
    const expected = [2, 3, 4, 5, 6].flatMap((y) => [2, 3, 4, 5, 6].map((x) => 9 * y + x));
    assert.deepEqual(
      [...places].sort((a, b) => a - b),
      expected,
    );
  });

  it('mirrors at the edge as numpy.pad does', () => {
    const padded = image(height + 4, width + 4, channels, pillow.padded);
    for (const [right, down] of [
      [0, 0],
      [2, 1],
      [4, 4],
      [1, 3],
    ] as const) {
      const change = crop.create({ padding: 2, fill: 'reflect' });
      const cropped = change(colour, numbers((right + 0.5) / 5, (down + 0.5) / 5));
      const expected = Array.from({ length: height }, (_, y) => {
        const start = ((y + down) * padded.width + right) * channels;
        return [...padded.data.subarray(start, start + width * channels)];
      }).flat();
      assert.deepEqual([...cropped.data], expected);
    }
  });
});

describe('data: colour', () => {
  const cases = [
    ['brightness', adjustBrightness, colour, pillow.brightness],
    ['contrast', adjustContrast, colour, pillow.contrast],
    ['contrast of a grey image', adjustContrast, grey, pillow.greyContrast],
    ['saturation', adjustSaturation, colour, pillow.saturation],
  ] as const;
  for (const [name, adjust, source, expected] of cases) {
    it(`${name} is Pillow's`, () => {
      for (const { factor, values } of expected) {
        const result = [...adjust(source, factor).data];
        // Pillow computes in single precision: a value just below a whole number may be cut to the one below.
        const differences = result.map((value, place) => Math.abs(value - values[place]!));
        assert.ok(Math.max(...differences) <= 1, `factor ${factor}`);
        assert.ok(differences.filter((difference) => difference > 0).length <= 2, `factor ${factor}`);
      }
    });
  }

  it('a third of the colour circle exchanges the channels, a half gives the opposite colour', () => {
    const colours = image(1, 3, 3, [200, 50, 120, 10, 255, 0, 90, 90, 90]);
    assert.deepEqual([...adjustHue(colours, 1 / 3).data], [120, 200, 50, 0, 10, 255, 90, 90, 90]);
    assert.deepEqual([...adjustHue(colours, -1 / 3).data], [50, 120, 200, 255, 0, 10, 90, 90, 90]);
    assert.deepEqual([...adjustHue(image(1, 1, 3, [255, 0, 0]), 0.5).data], [0, 255, 255]);
    assert.deepEqual([...adjustHue(colours, 0).data], [...colours.data]);
  });

  it('a turned hue keeps saturation and value', () => {
    const random = randomSource('hue');
    for (let count = 0; count < 200; count++) {
      const pixel = [random(), random(), random()].map((value) => Math.floor(256 * value));
      const turned = [...adjustHue(image(1, 1, 3, pixel), random() - 0.5).data];
      assert.equal(Math.max(...turned), Math.max(...pixel));
      assert.equal(Math.min(...turned), Math.min(...pixel));
    }
  });

  it('images without colour keep saturation and hue', () => {
    assert.equal(adjustSaturation(grey, 2), grey);
    assert.equal(adjustHue(grey, 0.3), grey);
  });

  it('color-jitter draws factors from 1 ± strength, 0 at the least, and orders them by the permutation', () => {
    const strengths = { brightness: 0.5, contrast: 0, saturation: 0, hue: 0 };
    const brightness = colorJitter.create(strengths);
    // Three numbers for the order, one for each factor.
    const result = brightness(colour, numbers(0, 0, 0, 0.25, 0.5, 0.5, 0.5));
    assert.deepEqual(result, adjustBrightness(colour, 0.75));

    const strong = colorJitter.create({ ...strengths, brightness: 3 });
    assert.deepEqual(strong(colour, numbers(0, 0, 0, 0.25, 0.5, 0.5, 0.5)), adjustBrightness(colour, 1));

    const both = colorJitter.create({ ...strengths, contrast: 0.5 });
    const lastFirst = both(colour, numbers(0.99, 0.99, 0.99, 0.9, 0.9, 0.5, 0.5));
    assert.deepEqual(lastFirst, adjustContrast(adjustBrightness(colour, 1.4), 1.4));
    const swapped = both(colour, numbers(0.99, 0.99, 0, 0.9, 0.9, 0.5, 0.5));
    assert.deepEqual(swapped, adjustBrightness(adjustContrast(colour, 1.4), 1.4));
    assert.notDeepEqual(swapped, lastFirst);
  });
});

describe('data: random-resized-crop', () => {
  const create = (options = {}): ChooseRegion =>
    randomResizedCrop.create({ scale: [0.08, 1], ratio: [3 / 4, 4 / 3], ...options });

  it('takes the area and the ratio that were drawn', () => {
    const choose = create({ scale: [0.25, 0.25], ratio: [1, 4] });
    // The middle of log 1 … log 4 is a ratio of 2: 100 x 100 / 4 is then 71 x 35.
    assert.deepEqual(choose({ width: 100, height: 100 }, numbers(0.7, 0.5, 0, 0.999)), {
      width: Math.round(Math.sqrt(2500 * 2)),
      height: Math.round(Math.sqrt(2500 / 2)),
      top: 0,
      left: 29,
    });
  });

  it('stays inside the image and within the bounds', () => {
    const random = randomSource('regions');
    const choose = create();
    const shares: number[] = [];
    for (let count = 0; count < 5000; count++) {
      const region = choose({ width: 500, height: 375 }, random);
      assert.ok(region.left >= 0 && region.top >= 0);
      assert.ok(region.left + region.width <= 500 && region.top + region.height <= 375);
      const ratio = region.width / region.height;
      assert.ok(ratio > 0.74 && ratio < 1.35, `ratio ${ratio}`);
      shares.push((region.width * region.height) / (500 * 375));
    }
    assert.ok(Math.min(...shares) > 0.078 && Math.min(...shares) < 0.09);
    assert.ok(Math.max(...shares) > 0.97);
    // The area is uniform, thinned out where only some ratios fit into the image.
    const fitting = (share: number): number => {
      const area = share * 500 * 375;
      const lowest = Math.max(3 / 4, area / 375 ** 2);
      const highest = Math.min(4 / 3, 500 ** 2 / area);
      return Math.max(0, Math.log(highest / lowest));
    };
    const integral = (from: number, to: number): number =>
      Array.from({ length: 1000 }, (_, step) => fitting(from + ((to - from) * (step + 0.5)) / 1000)).reduce(
        (sum, value) => sum + (value * (to - from)) / 1000,
        0,
      );
    for (const share of [0.2, 0.3, 0.5, 0.8]) {
      const below = shares.filter((drawn) => drawn < share).length / shares.length;
      const expected = integral(0.08, share) / integral(0.08, 1);
      assert.ok(Math.abs(below - expected) < 0.025, `${below} below ${share}, ${expected} expected`);
    }
  });

  it('falls back to the largest central part after ten tries', () => {
    const wide = create({ scale: [1, 1], ratio: [1, 1] });
    const twentyDraws = (): (() => number) => numbers(...Array<number>(20).fill(0.5));
    assert.deepEqual(wide({ width: 101, height: 40 }, twentyDraws()), {
      left: 30,
      top: 0,
      width: 40,
      height: 40,
    });
    assert.deepEqual(wide({ width: 40, height: 101 }, twentyDraws()), {
      left: 0,
      top: 30,
      width: 40,
      height: 40,
    });
  });
});

describe('data: resizing a region', () => {
  const { from, results } = pillow.resized;
  const [fromHeight, fromWidth] = from.shape as [number, number];
  const smooth = image(fromHeight, fromWidth, 1, from.image);
  for (const { region, size, values } of results) {
    it(`${region.width} x ${region.height} to ${size.width} x ${size.height} is Pillow's bilinear filter`, async () => {
      const resized = await resizeRegion(smooth, region, size);
      assert.equal(resized.channels, 1);
      assert.equal(resized.data.length, values.length);
      const inner = values
        .map((_, place) => place)
        .filter((place) => {
          const [x, y] = [place % size.width, Math.floor(place / size.width)];
          return x > 0 && y > 0 && x < size.width - 1 && y < size.height - 1;
        });
      const worst = Math.max(...inner.map((place) => Math.abs(resized.data[place]! - values[place]!)));
      assert.ok(worst <= 2, `differs by ${worst}`);
    });
  }
});

describe('data: cutout', () => {
  const ones = (): Float32Array => new Float32Array(6 * 6 * 2).fill(1);
  const blanked = (values: Float32Array): string[] =>
    Array.from({ length: 6 }, (_, y) =>
      Array.from({ length: 6 }, (_, x) => {
        const [first, second] = values.subarray((y * 6 + x) * 2);
        assert.equal(first, second, 'all channels are blanked alike');
        return first === 0 ? '.' : '#';
      }).join(''),
    );
  const apply = (length: number, x: number, y: number): string[] => {
    const values = ones();
    const change = cutout.create({ length, holes: 1 });
    change(values, [6, 6, 2], numbers((y + 0.5) / 6, (x + 0.5) / 6));
    return blanked(values);
  };

  it('blanks a square around the centre', () => {
    assert.deepEqual(apply(2, 3, 2), ['######', '##..##', '##..##', '######', '######', '######']);
  });

  it('cuts the square off at the border', () => {
    assert.deepEqual(apply(4, 0, 5), ['######', '######', '######', '..####', '..####', '..####']);
    assert.deepEqual(apply(2, 0, 0), ['.#####', '######', '######', '######', '######', '######']);
  });

  it('blanks as many as asked for', () => {
    const values = ones();
    cutout.create({ length: 1, holes: 2 })(values, [6, 6, 2], numbers(0, 0, 0.99, 0.99));
    assert.deepEqual(blanked(values), ['.#####', '######', '######', '######', '######', '#####.']);
  });
});

describe('data: mixup', () => {
  it('draws shares with the mean and the variance of Beta(alpha, alpha)', () => {
    for (const alpha of [0.1, 0.2, 1, 4]) {
      const random = randomSource('beta', alpha);
      const draws = Array.from({ length: 20_000 }, () => drawBeta(alpha, random));
      assert.ok(draws.every((share) => share >= 0 && share <= 1));
      const mean = draws.reduce((sum, share) => sum + share, 0) / draws.length;
      const variance = draws.reduce((sum, share) => sum + (share - mean) ** 2, 0) / draws.length;
      const expected = 1 / (4 * (2 * alpha + 1));
      assert.ok(Math.abs(mean - 0.5) < 5 * Math.sqrt(expected / draws.length), `mean ${mean}`);
      assert.ok(Math.abs(variance / expected - 1) < 0.05, `variance ${variance} for ${expected}`);
    }
  });

  it('follows the uniform distribution for alpha 1', () => {
    const random = randomSource('uniform');
    const draws = Array.from({ length: 10_000 }, () => drawBeta(1, random)).sort((a, b) => a - b);
    const distance = Math.max(...draws.map((share, rank) => Math.abs(share - rank / draws.length)));
    assert.ok(distance < 1.95 / Math.sqrt(draws.length), `Kolmogorov-Smirnov distance ${distance}`);
  });

  it('mixes every image with its partner by one share, and keeps own labels and ids', () => {
    const batch: Batch = {
      images: Float32Array.from([0, 1, 10, 11, 20, 21, 30, 31]),
      shape: [4, 1, 2, 1],
      labels: Int32Array.of(0, 1, 2, 3),
      sampleIds: Int32Array.of(7, 8, 9, 10),
    };
    const mixed = mixup.create({ alpha: 1 })(batch, randomSource('mixup'));
    assert.deepEqual(mixed.labels, batch.labels);
    assert.deepEqual(mixed.sampleIds, batch.sampleIds);
    const [share] = mixed.mixed!.lambda;
    assert.ok(share! > 0 && share! < 1);
    assert.deepEqual([...mixed.mixed!.labels].sort(), [0, 1, 2, 3]);
    mixed.mixed!.labels.forEach((partner, own) => {
      assert.equal(mixed.mixed!.lambda[own], share);
      for (const [place, offset] of [0, 1].entries()) {
        const expected = share! * (10 * own + offset) + (1 - share!) * (10 * partner + offset);
        assert.ok(Math.abs(mixed.images[2 * own + place]! - expected) < 1e-5);
      }
    });
    assert.deepEqual([...batch.images], [0, 1, 10, 11, 20, 21, 30, 31], 'the input stays as it was');
  });
});

describe('data: the list of augmentations in a recipe', () => {
  const [flipEntry, cutoutEntry, region] = ['flip', 'cutout', 'random-resized-crop'].map((type) => ({
    type,
  }));
  const rejected: [{ type: string }[], string][] = [
    [[flipEntry!, { type: 'flp' }], 'data.augment[1]: no augmentation "flp"; did you mean "flip"?'],
    [
      [{ type: 'crop', paddin: 2 } as { type: string }],
      'data.augment[0]: no option "paddin"; did you mean "padding"?',
    ],
    [
      [{ type: 'crop', padding: 1.5 } as { type: string }],
      'data.augment[0].padding: must be an integer, not 1.5',
    ],
    [[cutoutEntry!, flipEntry!], 'data.augment[1]: "flip" must come before "cutout"'],
    [[region!, region!], 'data.augment[1]: an entry before it already chooses'],
    [
      [{ ...region!, scale: [0.9, 0.1] } as { type: string }],
      'data.augment[0].scale: the first number is above the second',
    ],
  ];
  for (const [entries, message] of rejected) {
    it(`rejects ${JSON.stringify(entries)}`, () => {
      assert.throws(() => createPipeline(entries), inputError(message));
    });
  }

  it('sorts the entries by what they work on, with defaults filled in', () => {
    const pipeline = createPipeline([
      region!,
      flipEntry!,
      { type: 'color-jitter' },
      cutoutEntry!,
      { type: 'mixup' },
    ]);
    assert.ok(pipeline.region);
    assert.deepEqual([pipeline.image.length, pipeline.values.length, pipeline.batch.length], [2, 1, 1]);
  });
});
