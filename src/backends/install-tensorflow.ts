import * as path from 'node:path';
import { verifySha256 } from '../common/digest';
import { failpoint } from '../common/failpoint';
import { makeBinding } from './binding';
import { findCompiler, prebuiltBinding } from './compiler';
import { requireSpace } from './disk';
import { bindingVersion, type Contents } from './installed';
import { downloadFromIndex } from './package-index';
import { tensorflowWheels } from './pins';
import { downloadWithPip, findPip } from './pip';
import type { InstallOptions } from './progress';
import { openZip } from './unpack';

/**
 * Fetches TensorFlow's wheels, unpacks the C library, its headers and NVIDIA's libraries, and makes the binding.
 * Fills `folder`; `downloads` is for what is not kept.
 */
export async function installTensorflow(
  backend: 'cpu' | 'gpu',
  folder: string,
  downloads: string,
  options: InstallOptions,
): Promise<Contents> {
  const { signal } = options;
  const wheels = tensorflowWheels(backend);
  const prebuilt = prebuiltBinding();
  // Before anything large is fetched.
  if (prebuilt === undefined) await findCompiler();
  // pip keeps each wheel twice for a moment.
  requireSpace(folder, 2 * wheels.reduce((total, { size }) => total + size, 0));

  const pip = await findPip();
  if (pip) await downloadWithPip(pip, wheels, downloads, options);
  else await downloadFromIndex(wheels, downloads, options);
  for (const wheel of wheels) await verifySha256(path.join(downloads, wheel.file), wheel.sha256, signal);
  failpoint('backend-downloaded');

  await unpackWheels(
    wheels.map(({ file }) => path.join(downloads, file)),
    folder,
    options,
  );
  failpoint('backend-unpacked');

  const compiler = await makeBinding(folder, prebuilt, options);

  return {
    packages: wheels.map(({ project, version, sha256 }) => ({
      name: project,
      version,
      hash: `sha256-${sha256}`,
    })),
    ...(compiler && { compiler: compiler.version }),
    bindingVersion: bindingVersion(),
  };
}

async function unpackWheels(
  files: readonly string[],
  folder: string,
  { onProgress, signal }: InstallOptions,
): Promise<void> {
  const archives = await Promise.all(files.map((file) => openZip(file, isWanted)));
  try {
    const total = archives.reduce((sum, { size }) => sum + size, 0);
    requireSpace(folder, total);
    let done = 0;
    for (const archive of archives) {
      await archive.unpack(
        folder,
        (count) => onProgress?.({ stage: 'unpack', done: (done += count), total }),
        signal,
      );
    }
  } finally {
    for (const archive of archives) archive.close();
  }
}

const wantedFiles: readonly RegExp[] = [
  /^tensorflow\/libtensorflow_(cc|framework)\.[^/]+$/,
  // What the C API's headers include.
  /^tensorflow\/include\/(tensorflow\/c|tensorflow\/core\/platform|tsl\/platform|xla\/tsl\/c)\/.+\.h$/,
  /^nvidia\/[^/]+\/lib\/[^/]+\.so[.\d]*$/,
  // The assembler that TensorFlow calls for kernels it generates, and what those link to.
  /^nvidia\/cuda_nvcc\/(bin\/ptxas|nvvm\/libdevice\/.+)$/,
  // Licences travel with what they cover.
  /^tensorflow\/THIRD_PARTY_NOTICES\.txt$/,
  /^[^/]+\.dist-info\/(licenses\/.+|LICENSE[^/]*|License[^/]*)$/,
];

function isWanted(name: string): boolean {
  return wantedFiles.some((pattern) => pattern.test(name));
}
