import * as zlib from 'node:zlib';
import { InputError, messageOf } from '../common/errors';
import { readDataFile } from './read-file';

/** Unsigned bytes of any number of dimensions, as the IDX format of MNIST holds them. */
export interface IdxArray {
  readonly dimensions: readonly number[];
  readonly data: Uint8Array;
}

/**
 * Reads an IDX file of unsigned bytes, gzipped or not (http://yann.lecun.com/exdb/mnist: two zero bytes, the
 * type 8, the number of dimensions, each dimension as a big-endian 32-bit integer, the values).
 * Throws `InputError` naming the file when it is missing, of another format, truncated or too long.
 */
export function readIdxFile(file: string): IdxArray {
  return parseIdx(readWhole(file), file);
}

/** The same from bytes; `file` is what errors name. */
export function parseIdx(bytes: Uint8Array, file: string): IdxArray {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || view.getUint16(0) !== 0) {
    throw new InputError(`${file}: not an IDX file (it must start with two zero bytes)`);
  }
  if (bytes[2] !== 8) {
    throw new InputError(
      `${file}: byte 2 says type 0x${bytes[2]!.toString(16)}; only unsigned bytes (8) are read`,
    );
  }
  const rank = bytes[3]!;
  const header = 4 + 4 * rank;
  if (rank === 0 || bytes.length < header) {
    throw new InputError(`${file}: the header of ${rank} dimensions is cut short`);
  }
  const dimensions = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const expected = header + dimensions.reduce((product, size) => product * size, 1);
  if (bytes.length !== expected) {
    throw new InputError(
      `${file}: ${bytes.length} bytes, but its header (${dimensions.join(' x ')}) needs ${expected}; the file is ${
        bytes.length < expected ? 'truncated' : 'too long'
      }`,
    );
  }
  return { dimensions, data: bytes.subarray(header) };
}

/** The bytes of an IDX file. */
export function encodeIdx({ dimensions, data }: IdxArray): Uint8Array {
  const bytes = new Uint8Array(4 + 4 * dimensions.length + data.length);
  const view = new DataView(bytes.buffer);
  bytes[2] = 8;
  bytes[3] = dimensions.length;
  dimensions.forEach((size, axis) => view.setUint32(4 + 4 * axis, size));
  bytes.set(data, 4 + 4 * dimensions.length);
  return bytes;
}

function readWhole(file: string): Uint8Array {
  const bytes = readDataFile(file);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return zlib.gunzipSync(bytes);
  } catch (error) {
    throw new InputError(
      `${file}: cannot be unpacked (${messageOf(error)}); the file is truncated or altered`,
    );
  }
}
