import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { InputError } from './errors';
import { distFile } from './files';
import { retortHome } from './home';
import type { NpmPackage } from './npm-package';

/**
 * Packages with machine code. Where Retort is installed from npm they lie beside it. The editor's package is one for
 * all machines and carries none: there, the build has left `natives.json` with names, versions and hashes, and what
 * this machine needs is fetched on first use.
 */
export const nativeNames = ['esbuild', 'sharp'] as const;
export type NativeName = (typeof nativeNames)[number];

/** What each is needed for, in the words of the question whether to fetch it; megabytes to fetch. */
export const natives: Readonly<Record<NativeName, { readonly purpose: string; readonly megabytes: number }>> =
  {
    esbuild: { purpose: 'read model files', megabytes: 5 },
    sharp: { purpose: 'read image files', megabytes: 8 },
  };

/** A package of `natives.json`, and which machines it is for, as its manifest says. */
export interface PinnedNative extends NpmPackage {
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}

export type PinnedNatives = Readonly<Record<NativeName, readonly PinnedNative[]>>;

/** Set in processes whose user is asked elsewhere: they fetch nothing by themselves. */
export const ASK_FIRST = 'RETORT_ASK_BEFORE_FETCHING';

/** The package's exports; fetches it if it is not there. Throws `InputError` where that is not allowed or fails. */
export async function loadNative<Package>(name: NativeName): Promise<Package> {
  if (isMissing(name)) {
    if (process.env[ASK_FIRST]) {
      throw new InputError(
        `${name}, which is needed to ${natives[name].purpose}, is not fetched yet; use the command "Retort: Fetch Helper Programs"`,
      );
    }
    await fetchNative(name);
  }
  const pinned = readPins()?.[name];
  const from = pinned === undefined ? __filename : path.join(folderOf(pinned), 'package.json');
  return createRequire(from)(name) as Package;
}

/** Whether it has to be fetched before it can be used. */
export function isMissing(name: NativeName): boolean {
  const pinned = readPins()?.[name];
  return pinned !== undefined && !fs.existsSync(folderOf(pinned));
}

/** Fetches a package, by version and hash, into `RETORT_HOME/natives`. Does nothing where it is there. */
export async function fetchNative(name: NativeName, signal?: AbortSignal): Promise<void> {
  const pinned = readPins()?.[name];
  if (pinned === undefined || !isMissing(name)) return;
  const { fetchPinned } = await import('./fetch-native.js');
  await fetchPinned(pinned, folderOf(pinned), signal);
}

export function nativesFolder(): string {
  return path.join(retortHome(), 'natives');
}

function folderOf([main]: readonly PinnedNative[]): string {
  return path.join(nativesFolder(), `${main!.name}-${main!.version}`);
}

let pins: PinnedNatives | undefined | null = null;

/** What the build has pinned; undefined where the packages lie beside Retort. */
function readPins(): PinnedNatives | undefined {
  if (pins === null) {
    const file = distFile('natives.json');
    pins = fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as PinnedNatives) : undefined;
  }
  return pins;
}
