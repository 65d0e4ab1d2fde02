import type { FileHandle } from 'node:fs/promises';
import { openInside } from '../../../runs/inside';

const NEWLINE = 10;
/** Longer lines are damage, not metrics. */
const LONGEST_LINE = 1 << 20;
/** Read at once. */
const CHUNK = 8 << 20;
/** So many bytes at the end of what was read tell whether a file is still the same. */
const TAIL = 64;

export interface LineReader {
  /** A line without its end. */
  line(bytes: Uint8Array, start: number, end: number): void;
  /** A line that is too long to be one. */
  damagedLine(): void;
  /** What was read before is not part of the file any more. */
  restart(): void;
}

/** Reads the lines of a run's `metrics.jsonl` that have come since the last reading; a torn last one waits. */
export class MetricsFile {
  private offset = 0;
  private tail = new Uint8Array();
  private inode: bigint | undefined;
  /** In the middle of a line that is too long. */
  private skipping = false;

  constructor(private readonly folder: string) {}

  /** Reads on until the end, letting others work in between. Throws `InputError` for what is no plain file. */
  async read(reader: LineReader): Promise<void> {
    const handle = await openInside(this.folder, 'metrics.jsonl');
    if (handle === undefined) {
      if (this.inode !== undefined) this.restart(reader);
      return;
    }
    try {
      const { ino, size } = await handle.stat({ bigint: true });
      if (this.inode !== undefined && !(await this.goesOn(handle, ino, Number(size)))) this.restart(reader);
      this.inode = ino;
      await this.readOn(handle, Number(size), reader);
    } finally {
      await handle.close();
    }
  }

  private async readOn(handle: FileHandle, size: number, reader: LineReader): Promise<void> {
    const bytes = new Uint8Array(Math.min(CHUNK, size - this.offset));
    let rest = 0;
    while (this.offset + rest < size) {
      const { bytesRead } = await handle.read(bytes, rest, bytes.length - rest, this.offset + rest);
      if (bytesRead === 0) return;
      const end = rest + bytesRead;
      const used = this.takeLines(bytes, end, reader);
      this.offset += used;
      bytes.copyWithin(0, used, end);
      rest = end - used;
    }
  }

  /** Hands on the whole lines; gives how many bytes they have. */
  private takeLines(bytes: Uint8Array, end: number, reader: LineReader): number {
    let start = 0;
    for (let stop = bytes.indexOf(NEWLINE); stop >= 0 && stop < end; stop = bytes.indexOf(NEWLINE, start)) {
      if (this.skipping) this.skipping = false;
      else reader.line(bytes, start, stop);
      start = stop + 1;
    }
    if (end - start > LONGEST_LINE) {
      if (!this.skipping) reader.damagedLine();
      this.skipping = true;
      start = end;
    }
    if (start > 0) this.tail = bytes.slice(Math.max(0, start - TAIL), start);
    return start;
  }

  /** Whether the file still begins with what was read. */
  private async goesOn(handle: FileHandle, inode: bigint, size: number): Promise<boolean> {
    if (inode !== this.inode || size < this.offset) return false;
    const { length } = this.tail;
    const found = new Uint8Array(length);
    await handle.read(found, 0, length, this.offset - length);
    return found.every((byte, index) => byte === this.tail[index]);
  }

  private restart(reader: LineReader): void {
    this.offset = 0;
    this.tail = new Uint8Array();
    this.inode = undefined;
    this.skipping = false;
    reader.restart();
  }
}
