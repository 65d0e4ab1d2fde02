import * as fs from 'node:fs';
import * as path from 'node:path';
import { runCommand, succeeds } from './command';
import { verifyIntegrity } from './digest';
import { InputError } from './errors';
import { HttpClient } from './http';
import { readNpmConfig } from './npm-config';

/** A published package, pinned. */
export interface NpmPackage {
  readonly name: string;
  readonly version: string;
  /** Subresource integrity of its tarball, as the registry states it: `sha512-…`. */
  readonly integrity: string;
}

export interface DownloadOptions {
  /** Called with the bytes that came since its last call; npm itself tells none. */
  readonly onBytes?: (count: number) => void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Downloads a package's tarball into a folder through the user's npm, with its registry, proxy and certificates;
 * where there is no npm, from the registry that npm's configuration files name. Returns the verified tarball.
 * Throws `InputError` with what npm or the registry says, or where the hash is another.
 */
export async function downloadNpmPackage(
  wanted: NpmPackage,
  folder: string,
  options: DownloadOptions = {},
): Promise<string> {
  const npm = await findNpm();
  const tarball = npm
    ? await packWithNpm(npm, wanted, folder, options)
    : await fetchFromRegistry(wanted, folder, options);
  await verifyIntegrity(tarball, wanted.integrity, options.signal);
  return tarball;
}

/** How to start npm: program and leading arguments. */
export type Npm = readonly [string, ...string[]];

/** The npm that runs us, the one beside this Node, or the one on the PATH. */
export async function findNpm(): Promise<Npm | undefined> {
  const beside = path.dirname(process.execPath);
  const scripts = [
    process.env.npm_execpath ?? '',
    path.join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    path.join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  const script = scripts.find((file) => path.basename(file) === 'npm-cli.js' && fs.existsSync(file));
  if (script) return [process.execPath, script];
  // On Windows the one on the PATH is a batch file, which only a shell starts.
  const found =
    process.platform === 'win32'
      ? await succeeds('cmd.exe', ['/c', 'npm', '--version'])
      : await succeeds('npm', ['--version']);
  if (!found) return undefined;
  return process.platform === 'win32' ? ['cmd.exe', '/c', 'npm'] : ['npm'];
}

async function packWithNpm(
  [program, ...args]: Npm,
  { name, version }: NpmPackage,
  folder: string,
  { signal }: DownloadOptions,
): Promise<string> {
  const finished = await runCommand(
    program,
    [...args, 'pack', `${name}@${version}`, '--ignore-scripts', '--loglevel=error'],
    // There, no project's `.npmrc` has a say. The program may be VS Code's own executable.
    { cwd: folder, signal, env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' } },
  );
  const tarball = fs.readdirSync(folder).find((file) => file.endsWith('.tgz'));
  if (finished.code === 0 && tarball) return path.join(folder, tarball);
  throw new InputError(`npm could not fetch ${name} ${version}: ${npmReason(finished.stderr)}`);
}

/** The lines of npm's complaint that say why, in one. */
function npmReason(complaint: string): string {
  const lines = complaint
    .split('\n')
    .filter((line) => /^npm (error|ERR!)/.test(line))
    .map((line) => line.replace(/^npm (error|ERR!)\s*/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('A complete log'));
  return lines.slice(0, 3).join('; ') || 'it gives no reason';
}

async function fetchFromRegistry(
  { name, version }: NpmPackage,
  folder: string,
  { onBytes = () => undefined, signal }: DownloadOptions,
): Promise<string> {
  const config = readNpmConfig();
  const http = new HttpClient(config);
  try {
    const address = `${config.registry}${name.replace('/', '%2f')}/${version}`;
    const found = await http.text(address, { headers: config.headersFor(address), signal });
    if (!found) throw new InputError(`${name} ${version} is not on ${new URL(address).host}`);
    const { dist } = JSON.parse(found.body) as { dist: { tarball: string } };
    const tarball = path.join(folder, 'package.tgz');
    await http.download(dist.tarball, tarball, onBytes, {
      headers: config.headersFor(dist.tarball),
      signal,
    });
    return tarball;
  } finally {
    await http.close();
  }
}
