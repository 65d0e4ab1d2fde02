import { InputError } from '../common/errors';
import type { NpmPackage } from '../common/npm-package';
import type { InstallableBackend } from './backend';
import pins from './pins.json';
import { platformKey, type PlatformKey } from './platform';

/** A wheel as the Python package index has it. */
export interface Wheel {
  readonly project: string;
  readonly version: string;
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
}

/** Dawn for Node; `size` is its tarball's, in bytes. */
export const webgpuPackage: NpmPackage & { readonly size: number } = pins.webgpu;

const wheels: Record<'cpu' | 'gpu', Partial<Record<PlatformKey, readonly Wheel[]>>> = {
  cpu: pins.cpu,
  gpu: pins.gpu,
};

/** The version of what a backend wraps: TensorFlow's, or Dawn's for Node. */
export function backendVersion(backend: InstallableBackend): string {
  return backend === 'webgpu' ? pins.webgpu.version : pins.tensorflow;
}

/** Whether TensorFlow is published for this machine, as a wheel with the C library. */
export function isPublished(backend: 'cpu' | 'gpu', platform = platformKey()): boolean {
  return wheels[backend][platform as PlatformKey] !== undefined;
}

/** Bytes to fetch for a backend on this machine; undefined where it is not published for it. */
export function downloadSize(backend: InstallableBackend): number | undefined {
  if (backend === 'webgpu') return pins.webgpu.size;
  const found = wheels[backend][platformKey() as PlatformKey];
  return found?.reduce((sum, { size }) => sum + size, 0);
}

/**
 * The wheels that make up TensorFlow on this machine.
 * Throws `InputError` where the project has none that offers the C library.
 */
export function tensorflowWheels(backend: 'cpu' | 'gpu', platform = platformKey()): readonly Wheel[] {
  const found = wheels[backend][platform as PlatformKey];
  if (found) return found;
  const advice = 'use `--backend webgpu` or `--backend wasm`';
  if (backend === 'gpu' && wheels.cpu[platform as PlatformKey]) {
    throw new InputError(
      `TensorFlow for NVIDIA GPUs is published for Linux on x86-64 only, not for ${platform}; install \`cpu\` or \`webgpu\``,
    );
  }
  if (platform.startsWith('win32')) {
    throw new InputError(
      `TensorFlow's wheel for Windows has no C library to build on; ${advice}, or run inside WSL`,
    );
  }
  throw new InputError(`TensorFlow ${pins.tensorflow} is not published for ${platform}; ${advice}`);
}
