// Brings a bare clone to where programs and tests can run: packages as locked, dist/ built, and a TensorFlow
// backend where one can be had. Needs nothing but Node; does only what is missing.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

function run(command, args, options = {}) {
  return spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options }).status === 0;
}

function npm(...args) {
  // npm names its own script to what it runs, which is safer than guessing `npm` or `npm.cmd`.
  const script = process.env.npm_execpath;
  return script
    ? run(process.execPath, [script, ...args])
    : run('npm', args, { shell: process.platform === 'win32' });
}

/** Whether what is installed, by npm's own record of it, is what the lock file says; optional packages may miss. */
function packagesAreAsLocked() {
  const record = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(record)) return false;
  const [installed, locked] = [record, path.join(root, 'package-lock.json')].map(
    (file) => JSON.parse(readFileSync(file, 'utf8')).packages,
  );
  return Object.entries(locked).every(([place, { version, integrity, optional }]) => {
    const found = installed[place];
    if (place === '' || !found) return place === '' || optional === true;
    return found.version === version && found.integrity === integrity;
  });
}

function installPackages() {
  if (packagesAreAsLocked()) return;
  console.log('Installing packages as locked (npm ci) …');
  if (!npm('ci', '--no-audit', '--no-fund')) {
    console.error('npm ci failed; see its message above.');
    process.exit(1);
  }
}

function newest(folder) {
  return Math.max(
    0,
    ...readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => statSync(path.join(entry.parentPath ?? entry.path, entry.name)).mtimeMs),
  );
}

function build() {
  const mark = path.join(root, 'dist', '.built');
  const sources = Math.max(...['src', 'webview', 'scripts'].map((folder) => newest(path.join(root, folder))));
  if (existsSync(mark) && statSync(mark).mtimeMs > sources) return;
  console.log('Building dist/ …');
  if (!run(process.execPath, [path.join('scripts', 'build.mjs')])) process.exit(1);
  mkdirSync(path.dirname(mark), { recursive: true });
  writeFileSync(mark, '');
}

/** Without TensorFlow everything still works on WASM, slower; so a failure here is said, not fatal. */
function installBackend() {
  if (process.env.RETORT_BACKEND === 'wasm' || process.env.RETORT_BACKEND === 'webgpu') return;
  const installed = run(process.execPath, [
    path.join('dist', 'cli.js'),
    'backend',
    'install',
    '--if-missing',
  ]);
  if (!installed) console.error('Going on without TensorFlow: WebAssembly does the work, slower.');
}

installPackages();
build();
installBackend();
