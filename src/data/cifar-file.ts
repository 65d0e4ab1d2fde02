import { InputError } from '../common/errors';
import type { Split } from './dataset';
import { checkedLabels, memorySplit } from './memory-split';
import { readDataFile } from './read-file';

const SIDE = 32;
const PLANE = SIDE * SIDE;

/** How the binary files of a CIFAR set are laid out. */
export interface CifarLayout {
  /** Bytes before each image, and which of them is the label. */
  readonly labelBytes: number;
  readonly labelByte: number;
  readonly classes: number;
}

/**
 * Reads the binary version of CIFAR (Krizhevsky, https://www.cs.toronto.edu/~kriz/cifar.html): records of label
 * bytes and 32 x 32 bytes each of red, green and blue. Throws `InputError` naming file and place.
 */
export function readCifarFiles(files: readonly string[], layout: CifarLayout, imagesPerFile: number): Split {
  const images = new Uint8Array(files.length * imagesPerFile * 3 * PLANE);
  const labels = new Int32Array(files.length * imagesPerFile);
  const record = layout.labelBytes + 3 * PLANE;
  files.forEach((file, fileIndex) => {
    const bytes = readDataFile(file);
    if (bytes.length !== imagesPerFile * record) {
      throw new InputError(
        `${file}: ${bytes.length} bytes instead of ${imagesPerFile * record} (${imagesPerFile} images of ${record}); the file is truncated or of another version`,
      );
    }
    const own = Uint8Array.from(
      { length: imagesPerFile },
      (_, index) => bytes[index * record + layout.labelByte]!,
    );
    labels.set(checkedLabels(own, layout.classes, file), fileIndex * imagesPerFile);
    for (let index = 0; index < imagesPerFile; index++) {
      const from = index * record + layout.labelBytes;
      let to = (fileIndex * imagesPerFile + index) * 3 * PLANE;
      for (let pixel = 0; pixel < PLANE; pixel++) {
        for (let channel = 0; channel < 3; channel++) images[to++] = bytes[from + channel * PLANE + pixel]!;
      }
    }
  });
  return memorySplit({ shape: [SIDE, SIDE, 3], data: images }, labels);
}

/** The names of the classes, one a line, as CIFAR's `*.meta.txt` and `*_label_names.txt` hold them. */
export function readClassNames(file: string, classes: number): string[] {
  const names = Buffer.from(readDataFile(file))
    .toString('utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (names.length !== classes)
    throw new InputError(`${file}: ${names.length} class names instead of ${classes}`);
  return names;
}
