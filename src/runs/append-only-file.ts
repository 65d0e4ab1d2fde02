import * as fs from 'node:fs';
import * as path from 'node:path';
import { InputError, messageOf } from '../common/errors';
import { failpoint } from '../common/failpoint';
import { findInside, NOFOLLOW } from './inside';

/**
 * Opens or makes a file in a folder that may be a stranger's, and gives its descriptor.
 * Throws `InputError` for what is no plain file.
 */
export async function openForAppending(folder: string, name: string): Promise<number> {
  await findInside(folder, name);
  const file = path.join(folder, name);
  const { O_APPEND, O_CREAT, O_RDWR } = fs.constants;
  // Not for writing alone: opening a named pipe would wait for a reader.
  const descriptor = fs.openSync(file, O_APPEND | O_CREAT | O_RDWR | NOFOLLOW, 0o666);
  if (fs.fstatSync(descriptor).isFile()) return descriptor;
  fs.closeSync(descriptor);
  throw new InputError(`${file} is not a plain file; remove it`);
}

/** A file that only grows, by whole pieces: one that does not fit on the disk leaves nothing of itself. */
export class AppendOnlyFile {
  private constructor(
    private readonly file: string,
    private readonly descriptor: number,
  ) {}

  static async open(folder: string, name: string): Promise<AppendOnlyFile> {
    return new AppendOnlyFile(path.join(folder, name), await openForAppending(folder, name));
  }

  append(piece: string | Uint8Array): void {
    const before = fs.fstatSync(this.descriptor).size;
    try {
      const bytes = Buffer.from(piece);
      let written = 0;
      while (written < bytes.length) written += fs.writeSync(this.descriptor, bytes, written);
      failpoint('append-written');
    } catch (error) {
      fs.ftruncateSync(this.descriptor, before);
      throw new InputError(`${this.file} cannot be written: ${messageOf(error)}; mend that and resume`);
    }
  }

  /** Cuts off what lies beyond `size` bytes. */
  truncate(size: number): void {
    if (fs.fstatSync(this.descriptor).size > size) fs.ftruncateSync(this.descriptor, size);
  }

  /** Forces what was appended to the disk. */
  flush(): void {
    fs.fsyncSync(this.descriptor);
  }

  close(): void {
    fs.closeSync(this.descriptor);
  }
}
