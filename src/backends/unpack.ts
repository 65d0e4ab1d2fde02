import * as fs from 'node:fs';
import * as path from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as yauzl from 'yauzl';
import { InputError, messageOf } from '../common/errors';

const fileTypeMask = 0o170000;
const symbolicLink = 0o120000;

export interface Archive {
  /** Bytes that the wanted files have unpacked. */
  readonly size: number;
  /** Writes the wanted files below a folder; `onBytes` gets the bytes written since its last call. */
  unpack(folder: string, onBytes: (count: number) => void, signal?: AbortSignal): Promise<void>;
  close(): void;
}

/**
 * Opens a zip archive (a wheel) to unpack the wanted ones of its files.
 * Throws `InputError` if any name in it leads out of the folder or any entry is a link, wanted or not.
 */
export async function openZip(file: string, wanted: (name: string) => boolean): Promise<Archive> {
  const zip = await yauzl.openPromise(file, { autoClose: false, strictFileNames: true }).catch(refused);
  const entries: yauzl.Entry[] = [];
  try {
    // The iteration itself rejects absolute names, `..` and backslashes.
    for await (const entry of zip.eachEntry()) {
      if ((modeOf(entry) & fileTypeMask) === symbolicLink) throw new Error(`${entry.fileName} is a link`);
      if (!entry.fileName.endsWith('/') && wanted(entry.fileName)) entries.push(entry);
    }
  } catch (error) {
    zip.close();
    refused(error);
  }

  function refused(error: unknown): never {
    throw new InputError(`${path.basename(file)} is not unpacked: ${messageOf(error)}`);
  }

  return {
    size: entries.reduce((total, entry) => total + entry.uncompressedSize, 0),
    async unpack(folder, onBytes, signal) {
      for (const entry of entries) {
        const target = path.join(folder, entry.fileName);
        fs.mkdirSync(path.dirname(target), { recursive: true });
        const source = await zip.openReadStreamPromise(entry);
        source.on('data', (chunk: Buffer) => onBytes(chunk.length));
        // `wx`: nothing is written over, so that no two entries of one name can play tricks.
        const sink = fs.createWriteStream(target, {
          flags: 'wx',
          mode: modeOf(entry) & 0o111 ? 0o755 : 0o644,
        });
        await pipeline(source, sink, { signal });
      }
    },
    close: () => zip.close(),
  };
}

/** The Unix mode, 0 if the archive has none. */
function modeOf(entry: yauzl.Entry): number {
  return entry.externalFileAttributes >>> 16;
}
