// Builds dist/: one bundle a program, and the catalogue that the engine's and the data room's registries give.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import {
  buildCatalogueWriter,
  buildExtension,
  buildPage,
  buildPrograms,
  copyParts,
  root,
} from './bundles.mjs';

const outdir = path.join(root, 'dist');
const sourcemap = true;

await Promise.all([
  // Packages stay outside: TensorFlow.js must be the one copy that the caller has too.
  buildPrograms({ outdir, sourcemap, packages: 'external' }),
  buildCatalogueWriter({ outdir, sourcemap }),
  buildExtension({ outdir, sourcemap }),
  buildPage({ outdir, sourcemap }),
]);
copyParts(outdir);

const written = spawnSync(process.execPath, [path.join(outdir, 'write-catalogue.js')], { stdio: 'inherit' });
if (written.status !== 0) process.exit(written.status ?? 1);
