import * as path from 'node:path';
import * as tar from 'tar';
import { InputError } from '../common/errors';
import { failpoint } from '../common/failpoint';
import { downloadNpmPackage } from '../common/npm-package';
import { requireSpace } from './disk';
import type { Contents } from './installed';
import { webgpuPackage } from './pins';
import { platformKey } from './platform';
import { probeWebgpu } from './probe';
import type { InstallOptions } from './progress';

const platforms = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64', 'win32-arm64'];

/** Fetches the `webgpu` package (Dawn for Node), keeps its JavaScript and this platform's binary, and tries it. */
export async function installWebgpu(
  folder: string,
  downloads: string,
  { onProgress, signal }: InstallOptions,
): Promise<Contents> {
  const { name, version, integrity, size: total } = webgpuPackage;
  if (!platforms.includes(platformKey())) {
    throw new InputError(`WebGPU (Dawn) is not published for ${platformKey()}; use \`--backend wasm\``);
  }
  requireSpace(folder, 3 * total);
  let done = 0;
  onProgress?.({ stage: 'download', done, total });
  const tarball = await downloadNpmPackage(webgpuPackage, downloads, {
    onBytes: (count) => onProgress?.({ stage: 'download', done: (done += count), total }),
    signal,
  });
  onProgress?.({ stage: 'download', done: total, total });
  failpoint('backend-downloaded');

  onProgress?.({ stage: 'unpack', done: 0, total: 0 });
  await tar.extract({
    file: tarball,
    cwd: folder,
    strict: true,
    filter: (file, entry) => 'type' in entry && entry.type === 'File' && isWanted(file),
  });
  failpoint('backend-unpacked');

  onProgress?.({ stage: 'try', done: 0, total: 0 });
  const probe = await probeWebgpu(path.join(folder, 'package', 'index.js'));
  // Without a graphics driver it is of no use yet, but whole.
  if (!probe.works && !probe.starts) {
    throw new InputError(`WebGPU does not work on this machine: ${probe.reason}`);
  }
  return { packages: [{ name, version, hash: integrity }] };
}

/** The package carries the binaries of every platform. */
function isWanted(file: string): boolean {
  const platform = process.platform === 'darwin' ? 'darwin-universal' : `${process.platform}-${process.arch}`;
  return /^package\/[^/]+$/.test(file) || file.startsWith(`package/dist/${platform}/`);
}
