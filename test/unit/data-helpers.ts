import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import sharp from 'sharp';
import type { Recipe } from '../../src/recipe/schema';

/** A new empty folder for each test of the suite it is called in; removed after it. */
export function temporaryFolder(): { readonly path: string } {
  const folder = { path: '' };
  beforeEach(() => {
    folder.path = fs.mkdtempSync(path.join(os.tmpdir(), 'retort-data-'));
  });
  afterEach(() => fs.rmSync(folder.path, { recursive: true, force: true }));
  return folder;
}

/** The `data` part of a recipe with its defaults. */
export function recipeData(
  source: Recipe['data']['source'],
  rest: Partial<Recipe['data']> = {},
): Recipe['data'] {
  return { source, train: {}, validation: { fraction: 0.1, splitSeed: 0 }, augment: [], ...rest };
}

/** Checks that it is an `InputError` with these parts in its message, in one line. */
export function inputError(...parts: (string | RegExp)[]): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof Error);
    assert.equal(error.name, 'InputError', error.stack);
    assert.doesNotMatch(error.message, /\n/);
    for (const part of parts) {
      if (typeof part === 'string')
        assert.ok(error.message.includes(part), `"${error.message}" lacks "${part}"`);
      else assert.match(error.message, part);
    }
    return true;
  };
}

/** A big-endian IDX file of bytes, written by the format's definition. */
export function idxBytes(dimensions: readonly number[], values: ArrayLike<number>): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.writeUInt8(8, 2);
  header.writeUInt8(dimensions.length, 3);
  dimensions.forEach((size, axis) => header.writeUInt32BE(size, 4 + 4 * axis));
  return Buffer.concat([header, Buffer.from(Array.from(values))]);
}

/** Writes `images` numbered images of 2 x 3: image i holds 10 * i … 10 * i + 5, its label is i mod 3. */
export function writeIdxDataset(folder: string, train: number, test?: number): void {
  const write = (prefix: string, count: number): void => {
    const values = Array.from(
      { length: 6 * count },
      (_, place) => (10 * Math.floor(place / 6) + (place % 6)) % 256,
    );
    fs.writeFileSync(path.join(folder, `${prefix}-images-idx3-ubyte`), idxBytes([count, 2, 3], values));
    const labels = Array.from({ length: count }, (_, index) => index % 3);
    fs.writeFileSync(path.join(folder, `${prefix}-labels-idx1-ubyte`), idxBytes([count], labels));
  };
  write('train', train);
  if (test !== undefined) write('t10k', test);
}

/** Writes an image of one colour; the name's ending says the format. */
export async function writePlainImage(
  file: string,
  width: number,
  height: number,
  [red, green, blue]: readonly [number, number, number],
): Promise<void> {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  await sharp({ create: { width, height, channels: 3, background: { r: red, g: green, b: blue } } }).toFile(
    file,
  );
}
