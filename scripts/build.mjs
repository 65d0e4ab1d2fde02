// Builds dist/: one bundle a program, and the catalogue that the engine's and the data room's registries give.
import * as esbuild from 'esbuild';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const programs = {
  cli: 'src/cli/main.ts',
  worker: 'src/worker/main.ts',
  inspector: 'src/worker/inspector.ts',
  loader: 'src/data/loader-thread.ts',
  heartbeat: 'src/worker/heartbeat-thread.ts',
  engine: 'src/engine/index.ts',
  'write-catalogue': 'src/worker/write-catalogue.ts',
};

await esbuild.build({
  entryPoints: Object.fromEntries(Object.entries(programs).filter(([, source]) => existsSync(source))),
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // Packages stay outside: TensorFlow.js must be the one copy that the caller has too.
  packages: 'external',
  sourcemap: true,
  logLevel: 'warning',
});

// The extension carries its packages: VS Code starts it from one file.
await esbuild.build({
  entryPoints: { extension: 'src/extension/extension.ts' },
  outdir: 'dist',
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  external: ['vscode'],
  sourcemap: true,
  logLevel: 'warning',
});

await esbuild.build({
  entryPoints: { panel: 'webview/panel.ts' },
  outdir: 'dist/webview',
  bundle: true,
  platform: 'browser',
  target: 'es2022',
  format: 'iife',
  sourcemap: true,
  logLevel: 'warning',
});

if (existsSync('dist/write-catalogue.js')) {
  const written = spawnSync(process.execPath, ['dist/write-catalogue.js'], { stdio: 'inherit' });
  if (written.status !== 0) process.exit(written.status ?? 1);
}
