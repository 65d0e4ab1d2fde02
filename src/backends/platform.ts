import { glibcVersion } from '../common/libc';

/** Platforms that TensorFlow's wheels with a C library are published for. */
export type PlatformKey = 'linux-x64' | 'linux-arm64' | 'darwin-arm64';

/**
 * `linux-x64`, `darwin-arm64`, `win32-x64` …; with a suffix where the C library is not one that
 * the published wheels run on: `linux-x64-musl`, `linux-x64-glibc2.17`.
 */
export function platformKey(): string {
  const key = `${process.platform}-${process.arch}`;
  if (process.platform !== 'linux') return key;
  const version = glibcVersion();
  if (version === undefined) return `${key}-musl`;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 2 || (major === 2 && minor >= 27) ? key : `${key}-glibc${version}`;
}
