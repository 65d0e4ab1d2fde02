import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as fs from 'node:fs';
import type * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import { crc32 } from 'node:zlib';
import { InputError } from '../../src/common/errors';

/** A folder for the tests of one `describe`, empty before each. */
export function temporaryFolder(): { readonly path: string } {
  const folder = { path: '' };
  beforeEach(() => {
    folder.path = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'retort-backends-')));
  });
  afterEach(() => fs.rmSync(folder.path, { recursive: true, force: true }));
  return folder;
}

/** Sets environment variables for each test of one `describe`; undefined takes one away. */
export function withEnvironment(variables: () => Record<string, string | undefined>): void {
  let before: Record<string, string | undefined>;
  const set = (values: Record<string, string | undefined>): void => {
    for (const [name, value] of Object.entries(values)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
  beforeEach(() => {
    const wanted = variables();
    before = Object.fromEntries(Object.keys(wanted).map((name) => [name, process.env[name]]));
    set(wanted);
  });
  afterEach(() => set(before));
}

/** Starts a server on a free port of this machine; gives its port. */
export async function listen(server: http.Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** For `assert.rejects` and `assert.throws`: an `InputError` whose message is one line and matches. */
export function inputError(message: RegExp): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof InputError, String(error));
    assert.match(error.message, message);
    assert.doesNotMatch(error.message, /\n/);
    return true;
  };
}

interface ZipEntry {
  readonly name: string;
  readonly content: string;
  /** Unix mode with file type; a regular file by default. */
  readonly mode?: number;
}

/** A zip archive, stored without compression, whose names and modes no proper tool would write (PKWARE APPNOTE 4.3). */
export function zip(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, content, mode = 0o100644 } of entries) {
    const data = Buffer.from(content);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(Buffer.byteLength(name), 22);
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), common, Buffer.from(name), data]);
    const central = Buffer.alloc(14);
    central.writeUInt32LE((mode << 16) >>> 0, 6);
    central.writeUInt32LE(offset, 10);
    const madeByUnix = Buffer.from([20, 3]);
    directory.push(
      Buffer.concat([Buffer.from('PK\x01\x02'), madeByUnix, common, central, Buffer.from(name)]),
    );
    locals.push(local);
    offset += local.length;
  }
  const size = directory.reduce((sum, entry) => sum + entry.length, 0);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06');
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...locals, ...directory, end]);
}
