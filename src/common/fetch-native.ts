import * as fs from 'node:fs';
import * as path from 'node:path';
import * as tar from 'tar';
import { makeWhole } from './aside';
import { glibcVersion } from './libc';
import type { PinnedNative } from './natives';
import { downloadNpmPackage } from './npm-package';

/**
 * Fetches those of the packages that are for this machine through the user's npm, checks their hashes, and lays them
 * out in a folder as npm does; the folder appears whole or not at all. Throws `InputError`.
 */
export async function fetchPinned(
  packages: readonly PinnedNative[],
  folder: string,
  signal?: AbortSignal,
): Promise<void> {
  await makeWhole(folder, async (aside) => {
    for (const wanted of packages.filter(fitsHere)) {
      const target = path.join(aside, 'node_modules', wanted.name);
      fs.mkdirSync(target, { recursive: true });
      const downloads = fs.mkdtempSync(path.join(aside, 'download-'));
      const file = await downloadNpmPackage(wanted, downloads, { signal });
      await tar.extract({ file, cwd: target, strip: 1, strict: true, filter: isPlain });
      fs.rmSync(downloads, { recursive: true });
    }
  });
}

/** No links and no devices. */
function isPlain(_file: string, entry: tar.ReadEntry | fs.Stats): boolean {
  return 'type' in entry && entry.type === 'File';
}

/** As npm decides it. */
function fitsHere({ os, cpu, libc }: PinnedNative): boolean {
  const fits = (allowed: readonly string[] | undefined, here: string | undefined): boolean =>
    allowed === undefined || (here !== undefined && allowed.includes(here));
  return fits(os, process.platform) && fits(cpu, process.arch) && fits(libc, libcHere());
}

function libcHere(): 'glibc' | 'musl' | undefined {
  if (process.platform !== 'linux') return undefined;
  return glibcVersion() === undefined ? 'musl' : 'glibc';
}
