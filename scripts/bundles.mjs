// What dist/ is made of. `npm run build` makes it for this repository and for npm, where packages stay outside;
// `npm run package` for the editor, where there is no node_modules.
import * as esbuild from 'esbuild';
import { cpSync, mkdirSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const require = createRequire(import.meta.url);
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** The programs and threads that compute. */
const programs = {
  cli: 'src/cli/main.ts',
  worker: 'src/worker/main.ts',
  inspector: 'src/worker/inspector.ts',
  loader: 'src/data/loader-thread.ts',
  heartbeat: 'src/worker/heartbeat-thread.ts',
  'memory-guard': 'src/worker/memory-guard-thread.ts',
  engine: 'src/engine/index.ts',
};

const forNode = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  logLevel: 'warning',
};

/** A package's own ES modules where it has them: jsonc-parser's other form loads its parts at run time. */
export const carried = { mainFields: ['module', 'main'] };

export function buildPrograms(options) {
  return esbuild.build({ ...forNode, entryPoints: programs, ...options });
}

/** The program that writes the catalogue; used by the build alone. */
export function buildCatalogueWriter(options) {
  return esbuild.build({
    ...forNode,
    entryPoints: { 'write-catalogue': 'src/worker/write-catalogue.ts' },
    packages: 'external',
    ...options,
  });
}

/**
 * Packages that the extension needs some time after its start, if at all, and the files beside it that hold them: the
 * shorter is what the editor reads at the start.
 */
const late = {
  ajv: ['ajv'],
  jsonrpc: ['vscode-jsonrpc/node'],
  lezer: ['@lezer/common', '@lezer/javascript'],
  protobuf: ['protobufjs/minimal'],
  tar: ['tar'],
  typebox: ['@sinclair/typebox/compiler', '@sinclair/typebox/value'],
  undici: ['undici'],
  yauzl: ['yauzl'],
};

/** The extension and its panel's thread carry their packages in any case. */
export function buildExtension(options) {
  return esbuild.build({
    ...forNode,
    entryPoints: {
      extension: 'src/extension/extension.ts',
      'panel-reader': 'src/extension/panel/reader/thread.ts',
      ...Object.fromEntries(Object.keys(late).map((file) => [file, `late:${file}`])),
    },
    plugins: [vscodeOnce, latePackages],
    ...carried,
    ...options,
  });
}

/** A module of the bundle's own, or each that imports it would copy its hundreds of names. */
const vscodeOnce = {
  name: 'vscode once',
  setup(build) {
    build.onResolve({ filter: /^vscode$/ }, ({ namespace, path: name }) =>
      namespace === 'vscode' ? { path: name, external: true } : { path: name, namespace: 'vscode' },
    );
    build.onLoad({ filter: /.*/, namespace: 'vscode' }, () => ({ contents: `export * from 'vscode';` }));
  },
};

/** In the place of a late package stand its named exports; the first that is used loads the file. */
const latePackages = {
  name: 'late packages',
  setup(build) {
    const filesOf = new Map(
      Object.entries(late).flatMap(([file, packages]) => packages.map((name) => [name, `./${file}.js`])),
    );
    build.onResolve({ filter: /^late:/ }, ({ path: entry }) => ({
      path: entry.replace('late:', ''),
      namespace: 'late file',
    }));
    build.onLoad({ filter: /.*/, namespace: 'late file' }, ({ path: file }) => ({
      contents: late[file].map((name) => `export * from '${name}';`).join('\n'),
      resolveDir: root,
    }));
    build.onResolve({ filter: /^[^.]/ }, ({ path: name, importer }) =>
      filesOf.has(name) && importer.startsWith(path.join(root, 'src'))
        ? { path: name, namespace: 'late package' }
        : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'late package' }, ({ path: name }) => ({
      contents: `
        const load = () => require('${filesOf.get(name)}');
        module.exports = {
          ${Object.keys(require(name))
            .map((key) => `get '${key}'() { return load()['${key}']; },`)
            .join('')}
        };`,
    }));
    build.onResolve({ filter: /^\./, namespace: 'late package' }, ({ path: file }) => ({
      path: file,
      external: true,
    }));
  },
};

export function buildPage({ outdir, ...options }) {
  return esbuild.build({
    absWorkingDir: root,
    entryPoints: { panel: 'webview/panel.ts' },
    outdir: path.join(outdir, 'webview'),
    bundle: true,
    platform: 'browser',
    // The icons' font lies beside the style sheet.
    loader: { '.ttf': 'file' },
    assetNames: '[name]',
    minify: true,
    target: 'es2022',
    format: 'iife',
    logLevel: 'warning',
    ...options,
  });
}

/** One file that holds these modules, each evaluated when it is first asked for. */
export function buildTensorflow(specifiers, options) {
  const entries = specifiers.map(
    (name) => `get ${JSON.stringify(name)}() { return require(${JSON.stringify(name)}); }`,
  );
  return esbuild.build({
    ...forNode,
    stdin: { contents: `module.exports = { ${entries.join(',\n')} };`, resolveDir: root },
    ...options,
  });
}

/** What is read beside the programs: WebAssembly's kernels, and the sources of TensorFlow's binding. */
export function copyParts(dist) {
  const wasm = path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm'));
  copyFiles(wasm, path.join(dist, 'wasm'), /\.wasm$/);
  const binding = path.dirname(require.resolve('@tensorflow/tfjs-node-gpu/package.json'));
  copyFiles(path.join(binding, 'binding'), path.join(dist, 'binding'), /\.(cc|h)$/);
  copyFiles(binding, path.join(dist, 'binding'), /^package\.json$/);
  const headers = path.dirname(require.resolve('node-api-headers/package.json'));
  copyFiles(path.join(headers, 'include'), path.join(dist, 'binding', 'node'), /\.h$/);
}

function copyFiles(from, to, wanted) {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from).filter((file) => wanted.test(file))) {
    cpSync(path.join(from, name), path.join(to, name));
  }
}
