import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as zlib from 'node:zlib';
import sharp from 'sharp';
import { catalogueFormats } from '../../src/data/formats';
import type { Dataset, Image } from '../../src/data/dataset';
import { openDataset } from '../../src/data/open';
import { idxBytes, inputError, temporaryFolder, writeIdxDataset, writePlainImage } from './data-helpers';

const folder = { path: '' };

function open(source: { format: string; [option: string]: unknown }): Promise<Dataset> {
  return openDataset(source, { base: folder.path, home: path.join(folder.path, 'home') });
}

function file(...names: string[]): string {
  return path.join(folder.path, ...names);
}

async function pixelsOf(image: Image | Promise<Image>): Promise<number[]> {
  return [...(await image).data];
}

describe('data formats', () => {
  const temporary = temporaryFolder();
  beforeEach(() => (folder.path = temporary.path));

  describe('choosing one', () => {
    it('an unknown name gets the nearest right one', async () => {
      await assert.rejects(
        open({ format: 'fashion-mnst' }),
        inputError('"fashion-mnst"', 'did you mean "fashion-mnist"?'),
      );
      await assert.rejects(
        open({ format: 'image-foldr', path: '.' }),
        inputError('did you mean "image-folder"?'),
      );
    });

    it('unknown, missing and mistyped options are named', async () => {
      await assert.rejects(
        open({ format: 'idx', pth: '.' }),
        inputError('data.source: no option "pth"; did you mean "path"?'),
      );
      await assert.rejects(open({ format: 'idx' }), inputError('data.source.path: '));
      await assert.rejects(
        open({ format: 'image-folder', path: '.', size: '224' }),
        inputError('data.source.size: ', '"224"'),
      );
    });

    it('every format is in the catalogue with a schema of its options', () => {
      const names = catalogueFormats().map((format) => format.name);
      assert.equal(new Set(names).size, names.length, 'no name twice');
      for (const format of catalogueFormats()) {
        assert.equal(format.options.type, 'object', format.name);
        assert.equal(format.options.additionalProperties, false, format.name);
      }
    });
  });

  describe('idx', () => {
    it('reads images and labels, measures the normalisation', async () => {
      writeIdxDataset(folder.path, 6, 3);
      const data = await open({ format: 'idx', path: '.' });
      assert.deepEqual(data.imageShape, [2, 3, 1]);
      assert.deepEqual(data.classNames, ['0', '1', '2']);
      assert.deepEqual([...data.train.labels], [0, 1, 2, 0, 1, 2]);
      assert.deepEqual(await pixelsOf(data.train.read(2)), [20, 21, 22, 23, 24, 25]);
      assert.deepEqual(await pixelsOf(data.test!.read(0)), [0, 1, 2, 3, 4, 5]);
      // 0 … 5, 10 … 15, … 50 … 55: mean 27.5; variance of the tens (0 … 50) plus that of the ones (0 … 5).
      assert.ok(Math.abs(data.normalization.mean[0]! * 255 - 27.5) < 1e-9);
      assert.ok(Math.abs((data.normalization.std[0]! * 255) ** 2 - (100 + 1) * (35 / 12)) < 1e-9);
    });

    it('reads gzipped files, named classes, and no test split where there is none', async () => {
      writeIdxDataset(folder.path, 6);
      for (const name of ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte']) {
        fs.writeFileSync(file(`${name}.gz`), zlib.gzipSync(fs.readFileSync(file(name))));
        fs.rmSync(file(name));
      }
      const data = await open({ format: 'idx', path: '.', classNames: ['a', 'b', 'c', 'd'] });
      assert.deepEqual(data.classNames, ['a', 'b', 'c', 'd']);
      assert.equal(data.test, undefined);
      assert.equal(data.train.labels.length, 6);
    });

    const broken: [string, () => void, ...(string | RegExp)[]][] = [
      [
        'a missing file',
        () => fs.rmSync(file('train-labels-idx1-ubyte')),
        'train-labels-idx1-ubyte: no such file',
      ],
      [
        'a missing half of the test split',
        () => fs.rmSync(file('t10k-labels-idx1-ubyte')),
        't10k-labels-idx1-ubyte: no such file',
      ],
      [
        'a truncated file',
        () => fs.truncateSync(file('train-images-idx3-ubyte'), 40),
        'train-images-idx3-ubyte',
        '40 bytes',
        '52',
        'truncated',
      ],
      [
        'a file with more behind',
        () => fs.appendFileSync(file('train-labels-idx1-ubyte'), 'x'),
        'train-labels-idx1-ubyte',
        'too long',
      ],
      [
        'another format',
        () => fs.writeFileSync(file('train-images-idx3-ubyte'), 'PNG'),
        'train-images-idx3-ubyte: not an IDX file',
      ],
      [
        'an empty file',
        () => fs.writeFileSync(file('train-images-idx3-ubyte'), ''),
        'train-images-idx3-ubyte: not an IDX file',
      ],
      [
        'another type of values',
        () => fs.writeFileSync(file('train-images-idx3-ubyte'), Buffer.of(0, 0, 13, 1, 0, 0, 0, 0)),
        'byte 2',
        '0xd',
      ],
      [
        'labels for fewer images',
        () => fs.writeFileSync(file('train-labels-idx1-ubyte'), idxBytes([5], [0, 1, 2, 0, 1])),
        '5 labels',
        '6 images',
      ],
      [
        'a label above the named classes',
        () => fs.writeFileSync(file('t10k-labels-idx1-ubyte'), idxBytes([3], [0, 7, 1])),
        't10k-labels',
        'label 1 is 7',
        '3 classes',
      ],
      [
        'test images of another size',
        () => fs.writeFileSync(file('t10k-images-idx3-ubyte'), idxBytes([3, 1, 1], [1, 2, 3])),
        't10k-images',
        '1 x 1 x 1',
        '2 x 3 x 1',
      ],
      [
        'labels where images belong',
        () => fs.copyFileSync(file('train-labels-idx1-ubyte'), file('train-images-idx3-ubyte')),
        'train-images',
        'dimensions 6;',
      ],
      [
        'a gzip file cut short',
        () => {
          const packed = zlib.gzipSync(fs.readFileSync(file('train-images-idx3-ubyte')));
          fs.writeFileSync(file('train-images-idx3-ubyte'), packed.subarray(0, packed.length - 12));
        },
        'train-images-idx3-ubyte: cannot be unpacked',
      ],
    ];
    for (const [name, damage, ...parts] of broken) {
      it(`refuses ${name}`, async () => {
        writeIdxDataset(folder.path, 6, 3);
        damage();
        await assert.rejects(open({ format: 'idx', path: '.' }), inputError(folder.path, ...parts));
      });
    }
  });

  describe('cifar', () => {
    const names = (count: number): string =>
      Array.from({ length: count }, (_, index) => `class ${index}`).join('\n') + '\n';

    /** Records whose label is `number mod classes`, with planes of number, number + 1 and number + 2. */
    function records(count: number, labelBytes: number, classes: number): Buffer {
      const record = labelBytes + 3072;
      const bytes = Buffer.alloc(count * record);
      for (let index = 0; index < count; index++) {
        // The label is the last of the label bytes; a coarse label before it is none of ours.
        bytes.fill(99, index * record, index * record + labelBytes);
        bytes[index * record + labelBytes - 1] = index % classes;
        for (let plane = 0; plane < 3; plane++) {
          const start = index * record + labelBytes + 1024 * plane;
          bytes.fill((index + plane) % 256, start, start + 1024);
        }
        // One pixel that tells rows from columns: row 1, column 2, green.
        bytes[index * record + labelBytes + 1024 + 34] = 200;
      }
      return bytes;
    }

    function writeCifar10(): void {
      const bytes = records(10_000, 1, 10);
      for (const number of [1, 2, 3, 4, 5]) fs.writeFileSync(file(`data_batch_${number}.bin`), bytes);
      fs.writeFileSync(file('test_batch.bin'), bytes);
      fs.writeFileSync(file('batches.meta.txt'), `${names(10)}\n`);
    }

    it('CIFAR-10: planes become pixels, files follow one another', async () => {
      writeCifar10();
      const data = await open({ format: 'cifar10', path: '.' });
      assert.deepEqual(data.imageShape, [32, 32, 3]);
      assert.equal(data.classNames[9], 'class 9');
      assert.equal(data.train.labels.length, 50_000);
      assert.equal(data.test!.labels.length, 10_000);
      assert.deepEqual([...data.train.labels.subarray(9_998, 10_003)], [8, 9, 0, 1, 2]);
      const pixels = await pixelsOf(data.train.read(10_005));
      assert.equal(pixels.length, 3072);
      assert.deepEqual(pixels.slice(0, 6), [5, 6, 7, 5, 6, 7]);
      assert.deepEqual(pixels.slice(3 * 34, 3 * 35), [5, 200, 7]);
    });

    it('CIFAR-10: a truncated file, a label out of range and missing names are refused', async () => {
      writeCifar10();
      fs.truncateSync(file('data_batch_3.bin'), 30_000_000);
      await assert.rejects(
        open({ format: 'cifar10', path: '.' }),
        inputError('data_batch_3.bin: 30000000 bytes', '30730000'),
      );
      writeCifar10();
      const bytes = records(10_000, 1, 10);
      bytes[4 * 3073] = 10;
      fs.writeFileSync(file('test_batch.bin'), bytes);
      await assert.rejects(
        open({ format: 'cifar10', path: '.' }),
        inputError('test_batch.bin: label 4 is 10'),
      );
      fs.writeFileSync(file('batches.meta.txt'), names(9));
      await assert.rejects(
        open({ format: 'cifar10', path: '.' }),
        inputError('batches.meta.txt: 9 class names instead of 10'),
      );
    });

    it('CIFAR-100: takes the fine label', async () => {
      fs.writeFileSync(file('train.bin'), records(50_000, 2, 100));
      fs.writeFileSync(file('test.bin'), records(10_000, 2, 100));
      fs.writeFileSync(file('fine_label_names.txt'), names(100));
      const data = await open({ format: 'cifar100', path: '.' });
      assert.deepEqual([...data.train.labels.subarray(98, 102)], [98, 99, 0, 1]);
      assert.deepEqual((await pixelsOf(data.test!.read(7))).slice(0, 3), [7, 8, 9]);
    });
  });

  describe('image-folder', () => {
    const red = [255, 0, 0] as const;
    const blue = [0, 0, 255] as const;

    it('sorts classes and files by name, reads every format, leaves other files alone', async () => {
      await writePlainImage(file('zebra', '10.png'), 8, 8, red);
      await writePlainImage(file('zebra', '9.jpg'), 8, 8, blue);
      await writePlainImage(file('ant', 'b.webp'), 8, 8, blue);
      await writePlainImage(file('ant', 'deeper', 'a.JPEG'.toLowerCase()), 8, 8, red);
      fs.writeFileSync(file('ant', 'notes.txt'), 'not an image');
      fs.writeFileSync(file('ant', '._b.png'), 'what macOS leaves');
      fs.writeFileSync(file('readme.md'), 'beside the folders');
      const data = await open({ format: 'image-folder', path: '.', size: 4 });
      assert.deepEqual(data.classNames, ['ant', 'zebra']);
      assert.deepEqual([...data.train.labels], [0, 0, 1, 1]);
      assert.equal(data.test, undefined);
      const firstPixels = await Promise.all(
        [0, 1, 2, 3].map(async (index) => (await pixelsOf(data.train.read(index))).slice(0, 3)),
      );
      const isRed = firstPixels.map(([r, , b]) => r! > 250 && b! < 5);
      assert.deepEqual(isRed, [false, true, true, false], 'b.webp, deeper/a.jpeg, 10.png, 9.jpg');
    });

    it('takes train and val or test; both need a choice', async () => {
      for (const split of ['train', 'val']) {
        await writePlainImage(file(split, 'a', '1.png'), 4, 4, red);
        await writePlainImage(file(split, 'b', '1.png'), 4, 4, red);
      }
      await writePlainImage(file('val', 'b', '2.png'), 4, 4, red);
      const data = await open({ format: 'image-folder', path: '.' });
      assert.equal(data.train.labels.length, 2);
      assert.deepEqual([...data.test!.labels], [0, 1, 1]);

      await writePlainImage(file('test', 'a', '1.png'), 4, 4, red);
      await writePlainImage(file('test', 'c', '1.png'), 4, 4, red);
      await assert.rejects(
        open({ format: 'image-folder', path: '.' }),
        inputError('both "test" and "val"', 'option "test"'),
      );
      assert.equal((await open({ format: 'image-folder', path: '.', test: 'val' })).test!.labels.length, 3);
      await assert.rejects(
        open({ format: 'image-folder', path: '.', test: 'test' }),
        inputError(file('test', 'c'), 'class "c"'),
      );
      await assert.rejects(
        open({ format: 'image-folder', path: '.', test: 'none' }),
        inputError(`${file('none')}: no such folder`),
      );
    });

    /** 40 x 20: ten columns of red, twenty of green, ten of blue. */
    async function writeThreeBands(): Promise<void> {
      const band = (width: number, background: string): Promise<Buffer> =>
        sharp({ create: { width, height: 20, channels: 3, background } })
          .png()
          .toBuffer();
      fs.mkdirSync(file('a'));
      await sharp(await band(40, 'red'))
        .composite([
          { input: await band(20, 'lime'), left: 10, top: 0 },
          { input: await band(10, 'blue'), left: 30, top: 0 },
        ])
        .toFile(file('a', '1.png'));
      await writePlainImage(file('b', '1.png'), 4, 4, red);
    }

    it('crop cuts the centre of the resized image, stretch keeps all of it', async () => {
      await writeThreeBands();
      const rowOf = async (options: object): Promise<string> => {
        const data = await open({ format: 'image-folder', path: '.', size: 8, ...options });
        const pixels = await pixelsOf(data.train.read(0));
        return Array.from({ length: 8 }, (_, x) => {
          const colour = pixels.slice(3 * x, 3 * x + 3);
          return 'rgb'[colour.indexOf(Math.max(...colour))];
        }).join('');
      };
      assert.equal(await rowOf({ cropFraction: 1 }), 'gggggggg');
      assert.equal(await rowOf({ cropFraction: 0.5 }), 'gggggggg');
      assert.equal(await rowOf({ resize: 'stretch' }), 'rrggggbb');
    });

    it('reads a region of the stored image at the dataset’s size', async () => {
      await writeThreeBands();
      const data = await open({ format: 'image-folder', path: '.', size: 8 });
      assert.deepEqual(data.train.storedSize(0), { width: 40, height: 20 });
      const right = await data.train.read(0, { left: 32, top: 3, width: 8, height: 17 });
      assert.deepEqual([right.width, right.height, right.channels], [8, 8, 3]);
      assert.ok((await pixelsOf(right)).every((value, place) => value === (place % 3 === 2 ? 255 : 0)));
    });

    it('the resized shorter side is the size divided by cropFraction', async () => {
      // A white frame of 16 pixels around black, 128 x 128: a centre of less than 0.75 leaves it out.
      const black = await sharp({ create: { width: 96, height: 96, channels: 3, background: 'black' } })
        .png()
        .toBuffer();
      fs.mkdirSync(file('a'));
      await sharp({ create: { width: 128, height: 128, channels: 3, background: 'white' } })
        .composite([{ input: black, left: 16, top: 16 }])
        .toFile(file('a', '1.png'));
      await writePlainImage(file('b', '1.png'), 4, 4, red);
      const whitest = async (cropFraction: number): Promise<number> => {
        const data = await open({ format: 'image-folder', path: '.', size: 48, cropFraction });
        return Math.max(...(await pixelsOf(data.train.read(0))));
      };
      assert.ok((await whitest(0.7)) < 5);
      assert.ok((await whitest(0.8)) > 200);
    });

    it('grey, transparent and 16-bit images come out in the channels asked for', async () => {
      fs.mkdirSync(file('a'));
      const create = {
        width: 4,
        height: 4,
        channels: 4,
        background: { r: 10, g: 200, b: 30, alpha: 0.5 },
      } as const;
      await sharp({ create }).png().toFile(file('a', '1 transparent.png'));
      const rgb = sharp({ create: { ...create, channels: 3, background: { r: 120, g: 120, b: 120 } } });
      await rgb.clone().greyscale().png().toFile(file('a', '2 grey.png'));
      await rgb.clone().toColourspace('rgb16').png().toFile(file('a', '3 deep.png'));
      await rgb.clone().png({ palette: true }).toFile(file('a', '4 palette.png'));
      await writePlainImage(file('b', '1.png'), 4, 4, red);
      const colours = await open({ format: 'image-folder', path: '.', size: 4 });
      const transparent = await pixelsOf(colours.train.read(0));
      assert.equal(transparent.length, 48);
      // Resizing weighs colours with their opacity, which costs a rounding.
      transparent.forEach((value, place) => assert.ok(Math.abs(value - [10, 200, 30][place % 3]!) <= 1));
      for (const index of [1, 2, 3])
        assert.deepEqual(await pixelsOf(colours.train.read(index)), Array(48).fill(120));
      const greys = await open({ format: 'image-folder', path: '.', size: 4, channels: 1 });
      assert.deepEqual(greys.imageShape, [4, 4, 1]);
      assert.equal(greys.normalization.mean.length, 1);
      for (const index of [1, 2, 3]) {
        const pixels = await pixelsOf(greys.train.read(index));
        assert.equal(pixels.length, 16);
        assert.ok(
          pixels.every((value) => Math.abs(value - 120) <= 1),
          pixels.join(),
        );
      }
    });

    it('refuses files that are no images when it is opened, naming them', async () => {
      await writePlainImage(file('a', '1.png'), 4, 4, red);
      await writePlainImage(file('b', '1.png'), 4, 4, red);
      const webp = await sharp(file('a', '1.png')).resize(64).webp().toBuffer();
      const halfWebp = webp.subarray(0, webp.length >> 1);
      for (const content of ['', 'no image at all', '<svg xmlns="http://www.w3.org/2000/svg"/>', halfWebp]) {
        fs.writeFileSync(file('b', '2.jpg'), content);
        await assert.rejects(
          open({ format: 'image-folder', path: '.' }),
          inputError(file('b', '2.jpg'), 'not an image'),
        );
      }
    });

    it('refuses images that do not decode, naming them', async () => {
      const noise = Buffer.from(Array.from({ length: 3 * 64 * 64 }, (_, place) => (place * 7919) % 251));
      const picture = sharp(noise, { raw: { width: 64, height: 64, channels: 3 } });
      await writePlainImage(file('a', '1.png'), 4, 4, red);
      fs.mkdirSync(file('b'));
      for (const [name, bytes] of [
        ['1.jpg', await picture.jpeg().toBuffer()],
        ['2.png', await picture.png().toBuffer()],
      ] as const) {
        fs.writeFileSync(file('b', name), bytes.subarray(0, Math.floor(bytes.length / 2)));
      }
      const altered = await picture.png().toBuffer();
      altered[altered.length >> 1]! ^= 0xff;
      fs.writeFileSync(file('b', '3.png'), altered);
      const data = await open({ format: 'image-folder', path: '.', size: 32 });
      for (const [index, name] of [
        [1, '1.jpg'],
        [2, '2.png'],

        [3, '3.png'],
      ] as const) {
        await assert.rejects(
          async () => data.train.read(index),
          inputError(file('b', name), 'cannot be decoded'),
        );
        const region = { left: 0, top: 0, width: 64, height: 64 };
        await assert.rejects(
          async () => data.train.read(index, region),
          inputError(file('b', name), 'cannot be decoded'),
        );
      }
    });

    it('an image that goes missing later is named', async () => {
      await writePlainImage(file('a', '1.png'), 4, 4, red);
      await writePlainImage(file('b', '1.png'), 4, 4, red);
      const data = await open({ format: 'image-folder', path: '.' });
      fs.rmSync(file('b', '1.png'));
      await assert.rejects(async () => data.train.read(1), inputError(file('b', '1.png')));
    });

    it('refuses missing folders, too few classes and empty ones', async () => {
      await assert.rejects(
        open({ format: 'image-folder', path: 'nowhere' }),
        inputError(`${file('nowhere')}: no such folder`),
      );
      await writePlainImage(file('a', '1.png'), 4, 4, red);
      await assert.rejects(
        open({ format: 'image-folder', path: '.' }),
        inputError(folder.path, '1 class folder'),
      );
      fs.mkdirSync(file('b'));
      fs.writeFileSync(file('b', 'notes.txt'), '');
      await assert.rejects(
        open({ format: 'image-folder', path: '.' }),
        inputError(file('b'), 'no PNG, JPEG or WebP'),
      );
    });
  });

  describe('module', () => {
    const reader = `{
      classNames: ['even', 'odd'], imageShape: [1, 2, 1],
      train: { labels: [0, 1, 0], read: (index) => Uint8Array.of(index, args.offset ?? 7) },
      test: { labels: Int32Array.of(1), read: async () => Buffer.from([1, 2]) },
    }`;
    const sources: Record<string, string> = {
      'reader.mjs': `export function dataset(args) { return ${reader}; }`,
      'reader.cjs': `exports.dataset = async (args) => (${reader});`,
      'reader.ts': `import { helper } from './helper';\nexport function dataset(args: { offset?: number }) { return helper(args); }`,
    };
    for (const [name, text] of Object.entries(sources)) {
      it(`loads ${name}`, async () => {
        fs.writeFileSync(file(name), text);
        fs.writeFileSync(
          file('helper.ts'),
          `export const helper = (args: { offset?: number }) => (${reader});`,
        );
        const data = await open({ format: 'module', path: name, args: { offset: 9 } });
        assert.deepEqual(data.classNames, ['even', 'odd']);
        assert.deepEqual([...data.train.labels], [0, 1, 0]);
        assert.deepEqual(await pixelsOf(data.train.read(2)), [2, 9]);
        assert.deepEqual(await pixelsOf(data.test!.read(0)), [1, 2]);
        assert.deepEqual(data.normalization, { mean: [0], std: [1] });
      });
    }

    const wrong: [string, string, ...string[]][] = [
      ['a syntax error', 'export function dataset( {', 'wrong.ts', 'line 1'],
      ['a throwing module', 'throw new Error("no disk");', 'wrong.ts', 'no disk'],
      [
        'a throwing function',
        'export const dataset = () => { throw new Error("no disk"); };',
        'wrong.ts#dataset',
        'no disk',
      ],
      [
        'another name',
        'export const datasets = () => 1;',
        'wrong.ts',
        '"dataset"',
        'did you mean "datasets"?',
      ],
      ['nothing returned', 'export const dataset = () => undefined;', 'wrong.ts#dataset', 'no dataset'],
      [
        'a missing part',
        'export const dataset = () => ({ classNames: ["a", "b"], imageShape: [1, 1, 1] });',
        'train',
      ],
      [
        'a label out of range',
        'export const dataset = () => ({ classNames: ["a", "b"], imageShape: [1, 1, 1], train: { labels: [0, 2], read() {} } });',
        'label 1 is 2',
      ],
      [
        'a fractional label',
        'export const dataset = () => ({ classNames: ["a", "b"], imageShape: [1, 1, 1], train: { labels: [0.5], read() {} } });',
        'label 0 is 0.5',
      ],
    ];
    for (const [name, text, ...parts] of wrong) {
      it(`refuses ${name}`, async () => {
        fs.writeFileSync(file('wrong.ts'), text);
        await assert.rejects(
          open({ format: 'module', path: 'wrong.ts' }),
          inputError(file('wrong.ts'), ...parts),
        );
      });
    }

    it('refuses a missing file, and images of a wrong size when they are read', async () => {
      await assert.rejects(
        open({ format: 'module', path: 'gone.ts' }),
        inputError(`${file('gone.ts')}: no such file`),
      );
      fs.writeFileSync(
        file('short.mjs'),
        `export const dataset = () => ({ classNames: ['a', 'b'], imageShape: [2, 2, 3],
          train: { labels: [0, 1], read: (index) => { if (index) throw new Error('gone'); return new Uint8Array(4); } } });`,
      );
      const data = await open({ format: 'module', path: 'short.mjs' });
      await assert.rejects(
        async () => data.train.read(0),
        inputError('short.mjs#dataset train, image 0', '12 bytes'),
      );
      await assert.rejects(async () => data.train.read(1), inputError('image 1', 'gone'));
    });
  });
});
