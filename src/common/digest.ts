import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { InputError } from './errors';

/** The digest of a file's content. */
async function digest(
  file: string,
  algorithm: string,
  encoding: 'hex' | 'base64',
  signal?: AbortSignal,
): Promise<string> {
  const hash = createHash(algorithm);
  await pipeline(fs.createReadStream(file, { highWaterMark: 1 << 20 }), hash, { signal });
  return hash.digest(encoding);
}

/** Throws `InputError` unless the file's SHA-256 (hexadecimal) is the expected one. */
export async function verifySha256(file: string, expected: string, signal?: AbortSignal): Promise<void> {
  requireSame(file, await digest(file, 'sha256', 'hex', signal), expected);
}

/** Throws `InputError` unless the file matches a subresource integrity such as `sha512-<base64>`. */
export async function verifyIntegrity(file: string, expected: string, signal?: AbortSignal): Promise<void> {
  const algorithm = expected.slice(0, expected.indexOf('-'));
  requireSame(file, `${algorithm}-${await digest(file, algorithm, 'base64', signal)}`, expected);
}

function requireSame(file: string, found: string, expected: string): void {
  if (found === expected) return;
  throw new InputError(
    `${path.basename(file)} is not the file this version of Retort was made for: its hash is ${found}, expected ${expected}; try again, or check the package index that your machine is set to use`,
  );
}
