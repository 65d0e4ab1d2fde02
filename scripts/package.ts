// Makes the editor's package: `npm run package` for all machines, `npm run package -- --target linux-x64` with
// TensorFlow's binding compiled. Everything that goes in is gathered in a folder of its own first.
import { createVSIX } from '@vscode/vsce';
import { Command } from 'commander';
import type { Plugin } from 'esbuild';
import { cpSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import manifest from '../package.json';
import lock from '../package-lock.json';
import { backendsFolder, readManifest } from '../src/backends';
import { compileBinding, findCompiler } from '../src/backends/compiler';
import { type NativeName, nativeNames, type PinnedNative } from '../src/common/natives';
import { notices } from './notices';

const root = path.dirname(__dirname);

/** Of the manifest; the rest is npm's, or names packages that are in the bundles. */
const manifestKeys = [
  'name',
  'displayName',
  'description',
  'version',
  'publisher',
  'license',
  'type',
  'engines',
  'main',
  'categories',
  'keywords',
  'icon',
  'galleryBanner',
  'extensionKind',
  'capabilities',
  'activationEvents',
  'contributes',
] as const satisfies readonly (keyof typeof manifest)[];

/** Beside what is bundled. The build has written the last four from the registries. */
const files = [
  '.vscodeignore',
  'package.nls.json',
  'README.md',
  'CHANGELOG.md',
  'LICENSE',
  'media',
  'examples',
  'dist/catalogue.json',
  'dist/recipe.schema.json',
  'dist/recipe.editor.schema.json',
  'dist/validate-recipe.js',
];

const targets = ['linux-x64'] as const;

async function main({ target, out }: { target?: (typeof targets)[number]; out: string }): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'retort-package-'));
  try {
    await gather(folder);
    if (target !== undefined) await addBinding(path.join(folder, 'dist', 'binding', target));
    const name = [manifest.name, ...(target === undefined ? [] : [target]), manifest.version].join('-');
    const file = path.join(path.resolve(out), `${name}.vsix`);
    mkdirSync(path.dirname(file), { recursive: true });
    await createVSIX({
      cwd: folder,
      packagePath: file,
      dependencies: false,
      rewriteRelativeLinks: false,
      allowMissingRepository: true,
      ...(target !== undefined && { target }),
    });
    console.log(`${path.relative(process.cwd(), file)}   ${(statSync(file).size / 1e6).toFixed(1)} MB`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function gather(folder: string): Promise<void> {
  const { buildExtension, buildPage, buildPrograms, buildTensorflow, carried, copyParts } =
    await import('./bundles.mjs');
  const dist = path.join(folder, 'dist');
  mkdirSync(dist);
  const options = { outdir: dist, minify: true, metafile: true };
  const specifiers = new Set<string>();
  const built = await Promise.all([
    buildPrograms({ ...options, ...carried, keepNames: true, plugins: [tensorflowApart(specifiers)] }),
    buildExtension(options),
    buildPage(options),
  ]);
  const tensorflow = await buildTensorflow([...specifiers], {
    minify: true,
    metafile: true,
    // Its classes are registered and reported by name.
    keepNames: true,
    outfile: path.join(dist, 'tensorflow.js'),
  });
  copyParts(dist);
  for (const file of files) {
    cpSync(path.join(root, file), path.join(folder, file), {
      recursive: true,
      filter: (source) => !/[\\/](\.retort|node_modules)$/.test(source),
    });
  }
  writeJson(
    path.join(folder, 'package.json'),
    Object.fromEntries(manifestKeys.map((key) => [key, manifest[key]])),
  );
  writeJson(path.join(dist, 'natives.json'), pinnedNatives());
  writeFileSync(path.join(dist, 'THIRD_PARTY_NOTICES.txt'), notices(root, [...built, tensorflow]));
}

/** Programs take TensorFlow.js from one file beside them, so that a process has one copy, and the package too. */
function tensorflowApart(specifiers: Set<string>): Plugin {
  return {
    name: 'TensorFlow.js apart',
    setup(build) {
      build.onResolve({ filter: /^@tensorflow\// }, ({ path: name }) => {
        specifiers.add(name);
        return { path: name, namespace: 'tensorflow' };
      });
      build.onResolve({ filter: /^\.\/tensorflow\.js$/, namespace: 'tensorflow' }, ({ path: file }) => ({
        path: file,
        external: true,
      }));
      build.onLoad({ filter: /.*/, namespace: 'tensorflow' }, ({ path: name }) => ({
        contents: `module.exports = require('./tensorflow.js')[${JSON.stringify(name)}];`,
      }));
    },
  };
}

interface Locked {
  readonly version: string;
  readonly integrity?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
}

/** The machines that VS Code runs on. */
const editors = { os: ['linux', 'darwin', 'win32'], cpu: ['x64', 'arm64', 'arm'] };

function isOneOf(allowed: readonly string[] | undefined, known: readonly string[]): boolean {
  return allowed === undefined || allowed.some((name) => known.includes(name));
}

/** The packages with machine code and what they depend on, for all machines, as locked. */
function pinnedNatives(): Record<NativeName, PinnedNative[]> {
  const locked = lock.packages as Record<string, Locked | undefined>;
  function pin(name: string, dependent: string, found: Map<string, PinnedNative>): Map<string, PinnedNative> {
    const inner = `${dependent}/node_modules/${name}`;
    const place = locked[inner] ? inner : `node_modules/${name}`;
    const { version, integrity, os, cpu, libc, dependencies, optionalDependencies } = locked[place]!;
    const runsHere = isOneOf(os, editors.os) && isOneOf(cpu, editors.cpu);
    if (!runsHere) return found;
    const known = found.get(name);
    if (known && known.version !== version) throw new Error(`${name} is needed in two versions`);
    if (known) return found;
    found.set(name, {
      name,
      version,
      integrity: integrity!,
      ...(os && { os }),
      ...(cpu && { cpu }),
      ...(libc && { libc }),
    });
    for (const next of Object.keys({ ...dependencies, ...optionalDependencies })) pin(next, place, found);
    return found;
  }
  const pins = nativeNames.map((name) => [name, [...pin(name, '', new Map()).values()]]);
  return Object.fromEntries(pins) as Record<NativeName, PinnedNative[]>;
}

/** Compiles TensorFlow's binding against the installed backend, so that it runs where no compiler is. */
async function addBinding(folder: string): Promise<void> {
  const backend = (['cpu', 'gpu'] as const).find((name) => readManifest(name));
  if (backend === undefined)
    throw new Error('Compiling the binding needs TensorFlow: retort backend install cpu');
  const work = mkdtempSync(path.join(tmpdir(), 'retort-binding-'));
  try {
    const library = path.join(backendsFolder(), `${backend}-${readManifest(backend)!.version}`, 'tensorflow');
    cpSync(library, path.join(work, 'tensorflow'), { recursive: true, mode: 2 });
    const flags = ['-s', path.join(__dirname, 'older-libstdcxx.cc')];
    const binding = await compileBinding(await findCompiler(), work, { flags });
    mkdirSync(folder);
    cpSync(binding, path.join(folder, path.basename(binding)));
  } finally {
    rmSync(work, { recursive: true });
  }
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, `${JSON.stringify(value, null, 2)}\n`);
}

new Command('package')
  .option('--target <target>', `with the binding compiled: ${targets.join(', ')}`)
  .option('--out <folder>', 'where the package goes', root)
  .action(main)
  .parseAsync()
  .catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
