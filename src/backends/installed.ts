import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { distFile, writeJsonAtomic } from '../common/files';
import { retortHome } from '../common/home';
import type { InstallableBackend } from './backend';
import { backendVersion } from './pins';
import { platformKey } from './platform';

/** What a backend is made of. */
export interface Contents {
  /** Each download: name, version and hash (`sha256-<hex>` or a subresource integrity). */
  readonly packages: readonly { readonly name: string; readonly version: string; readonly hash: string }[];
  /** The compiler that made the binding. */
  readonly compiler?: string;
  /** The version of `@tensorflow/tfjs-node-gpu` whose binding it is. */
  readonly bindingVersion?: string;
}

/** `manifest.json` in a backend's folder, written last. */
export interface Manifest extends Contents {
  readonly backend: InstallableBackend;
  readonly version: string;
  readonly platform: string;
  /** The machine that installed it, and where it was seen to work. */
  readonly host: string;
  /** Bytes on disk. */
  readonly size: number;
  readonly installedAt: string;
}

const manifestName = 'manifest.json';

export function backendsFolder(): string {
  return path.join(retortHome(), 'backends');
}

/** Where a backend of the version that this program is made for is, or would be. */
export function backendFolder(backend: InstallableBackend): string {
  return path.join(backendsFolder(), `${backend}-${backendVersion(backend)}`);
}

/** The folders of a backend in all versions that are there. */
export function installedFolders(backend: InstallableBackend): string[] {
  if (!fs.existsSync(backendsFolder())) return [];
  return fs
    .readdirSync(backendsFolder())
    .filter((name) => name.startsWith(`${backend}-`))
    .map((name) => path.join(backendsFolder(), name));
}

/** What is installed of a backend; undefined if it is not there, not whole, or of another platform or binding. */
export function readManifest(backend: InstallableBackend): Manifest | undefined {
  let manifest: Manifest;
  try {
    const text = fs.readFileSync(path.join(backendFolder(backend), manifestName), 'utf8');
    manifest = JSON.parse(text) as Manifest;
  } catch {
    return undefined;
  }
  const fits =
    manifest.platform === platformKey() &&
    (manifest.bindingVersion === undefined || manifest.bindingVersion === bindingVersion());
  return fits ? manifest : undefined;
}

/** Describes a finished backend in its own folder. */
export function writeManifest(folder: string, backend: InstallableBackend, contents: Contents): void {
  const manifest: Manifest = {
    backend,
    version: backendVersion(backend),
    platform: platformKey(),
    host: os.hostname(),
    ...contents,
    size: folderSize(folder),
    installedAt: new Date().toISOString(),
  };
  writeJsonAtomic(path.join(folder, manifestName), manifest);
}

/** The version of the binding's sources that this program carries. */
export function bindingVersion(): string {
  const file = distFile(path.join('binding', 'package.json'));
  return (JSON.parse(fs.readFileSync(file, 'utf8')) as { version: string }).version;
}

/** The compiled binding of an installed TensorFlow. */
export function bindingFile(backend: 'cpu' | 'gpu'): string {
  return path.join(backendFolder(backend), 'tfjs_binding.node');
}

/** The module of the installed `webgpu` package. */
export function webgpuModule(): string {
  return path.join(backendFolder('webgpu'), 'package', 'index.js');
}

/** Bytes of all files below a folder. */
export function folderSize(folder: string): number {
  let total = 0;
  for (const name of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    // Files may come and go while a download is under way.
    total += fs.lstatSync(path.join(folder, name), { throwIfNoEntry: false })?.size ?? 0;
  }
  return total;
}
