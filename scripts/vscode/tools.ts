// What a real VS Code in a real browser needs, set up below RETORT_HOME/tools: a Node that code-server runs on,
// code-server (VS Code as a web server) and Chromium. Does only what is missing, and says what it does.
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { errorCode, InputError } from '../../src/common/errors';
import { retortHome } from '../../src/common/home';
import { findNpm } from '../../src/common/npm-package';

/** VS Code 1.139.1. It installs and runs on Node 24 alone. */
const CODE_SERVER = '4.139.1';
const NODE = '24.21.0';
const NODE_PACKAGE = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;

/** What code-server's native modules are built with, as `pkg-config` or the shell knows it, and as Debian names it. */
const LIBRARIES = {
  'krb5-gssapi': 'libkrb5-dev',
  'libsecret-1': 'libsecret-1-dev',
  x11: 'libx11-dev',
  xkbfile: 'libxkbfile-dev',
};
const PROGRAMS = { 'pkg-config': 'pkg-config', 'g++': 'g++', make: 'make', python3: 'python3' };
const CHROMIUM_NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

export interface VSCodeTools {
  /** The Node that runs code-server. */
  readonly node: string;
  /** VS Code's own server, inside code-server. */
  readonly server: string;
  readonly chromium: string;
}

/** Sets up what is missing. Throws `InputError` with what to do where it cannot. */
export async function setUpTools(): Promise<VSCodeTools> {
  if (process.platform === 'win32') {
    throw new InputError('code-server does not run on Windows; use npm run test:electron there');
  }
  const tools = path.join(retortHome(), 'tools');
  fs.mkdirSync(tools, { recursive: true, mode: 0o700 });
  const chromium = findChromium() ?? installChromium();
  const nodeFolder = await installPackage(tools, NODE_PACKAGE, NODE);
  const node = path.join(nodeFolder, 'bin', 'node');
  const codeServer = await installPackage(tools, 'code-server', CODE_SERVER, () => {
    installLibraries();
    return {
      // npm puts the Node that runs it first on the PATH of the scripts it runs.
      node,
      environment: {
        npm_config_ignore_scripts: 'false',
        // Names another Node where npm runs this script too, and code-server goes by it.
        npm_config_user_agent: undefined,
        // The headers of that Node lie beside it; without this they would be downloaded, or another Node's be taken.
        npm_config_nodedir: nodeFolder,
        PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}`,
      },
    };
  });
  return {
    node,
    server: path.join(codeServer, 'lib', 'vscode', 'out', 'server-main.js'),
    chromium,
  };
}

/** How npm is run. */
interface Install {
  readonly node: string;
  readonly environment: NodeJS.ProcessEnv;
}

function withoutScripts(): Install {
  return { node: process.execPath, environment: { npm_config_ignore_scripts: 'true' } };
}

/**
 * Installs an npm package into a folder of its own, aside first, so that it is there whole or not at all.
 * Returns the package's folder.
 */
async function installPackage(
  tools: string,
  name: string,
  version: string,
  prepare: () => Install = withoutScripts,
): Promise<string> {
  const folder = path.join(tools, `${name}-${version}`);
  const installed = path.join(folder, 'node_modules', name);
  if (fs.existsSync(folder)) return installed;
  const { node, environment } = prepare();
  console.log(`Installing ${name} ${version} into ${folder} …`);
  const npm = await findNpm();
  if (!npm) throw new InputError(`npm was not found, and ${name} ${version} is installed with it`);
  removeLeftovers(tools);
  const aside = path.join(tools, `.${name}-${version}.${process.pid}`);
  fs.mkdirSync(aside);
  try {
    // The folder's own, so that npm looks for no project above it.
    fs.writeFileSync(path.join(aside, 'package.json'), '{ "private": true }\n');
    const [program, ...args] = npm;
    const wanted = ['install', `${name}@${version}`, '--no-audit', '--no-fund', '--loglevel=error'];
    run(program === process.execPath ? node : program, [...args, ...wanted], {
      cwd: aside,
      env: { ...process.env, ...environment },
    });
    moveIntoPlace(aside, folder);
  } finally {
    fs.rmSync(aside, { recursive: true, force: true });
  }
  return installed;
}

/** What installs that were killed left behind: folders named after a process that is gone. */
function removeLeftovers(tools: string): void {
  for (const entry of fs.readdirSync(tools)) {
    const pid = /^\..*\.(\d+)$/.exec(entry)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) {
      fs.rmSync(path.join(tools, entry), { recursive: true, force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Two may have installed at once: the first one's serves both. */
function moveIntoPlace(aside: string, folder: string): void {
  try {
    fs.renameSync(aside, folder);
  } catch (error) {
    if (!['ENOTEMPTY', 'EEXIST'].includes(errorCode(error) ?? '')) throw error;
  }
}

function installLibraries(): void {
  if (process.platform !== 'linux') return;
  const programs = Object.entries(PROGRAMS).filter(([program]) => !isOnPath(program));
  const libraries = Object.entries(LIBRARIES).filter(
    ([library]) => spawnSync('pkg-config', ['--exists', library]).status !== 0,
  );
  const missing = [...programs, ...libraries].map(([, debian]) => debian);
  if (missing.length > 0) installWithApt(missing, 'to build the native modules of code-server');
}

function findChromium(): string | undefined {
  const named = process.env.RETORT_CHROMIUM;
  if (named) {
    if (fs.existsSync(named)) return named;
    throw new InputError(`RETORT_CHROMIUM names ${named}, which is not there`);
  }
  return CHROMIUM_NAMES.map(onPath).find((file) => file !== undefined);
}

function installChromium(): string {
  installWithApt(['chromium'], 'as the browser (or name a Chromium in RETORT_CHROMIUM)');
  const found = findChromium();
  if (found === undefined) throw new InputError('Chromium was installed, but is not on the PATH');
  return found;
}

function installWithApt(packages: readonly string[], purpose: string): void {
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo', '--non-interactive'];
  if (!isOnPath('apt-get') || (asRoot.length > 0 && spawnSync('sudo', ['-n', 'true']).status !== 0)) {
    throw new InputError(
      `${packages.join(', ')} (Debian's names) are needed ${purpose}, and cannot be installed from here; install them first`,
    );
  }
  console.log(`Installing ${packages.join(', ')} with apt-get, ${purpose} …`);
  const apt = [...asRoot, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-qq'];
  run(apt[0]!, [...apt.slice(1), 'update']);
  run(apt[0]!, [...apt.slice(1), 'install', '--yes', '--no-install-recommends', ...packages]);
}

/** Runs a program to its end; shows what it says only where it fails. */
function run(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
) {
  const { status, error, stdout, stderr } = spawnSync(program, args, { ...options, encoding: 'utf8' });
  if (status === 0) return;
  const said = error ? error.message : `${stdout}${stderr}`.trim().split('\n').slice(-30).join('\n');
  throw new InputError(`${[program, ...args].join(' ')} failed:\n${said}`);
}

function isOnPath(program: string): boolean {
  return onPath(program) !== undefined;
}

function onPath(program: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(path.delimiter)
    .map((folder) => path.join(folder, program))
    .find((file) => fs.existsSync(file));
}
