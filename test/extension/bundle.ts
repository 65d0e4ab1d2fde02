import * as esbuild from 'esbuild';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { packageRoot } from '../../src/common/files';

/** Bundles the suite into dist/test/; returns the file whose `run()` VS Code calls. */
export async function bundleSuite(): Promise<string> {
  const root = packageRoot();
  const tests = (fs.readdirSync(__dirname, { recursive: true }) as string[])
    .filter((file) => file.endsWith('.test.ts'))
    .sort();
  const common: esbuild.BuildOptions = {
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    packages: 'external',
    sourcemap: true,
    logLevel: 'warning',
  };
  const imports = tests.map((file) => `import ${JSON.stringify(`./${file.split(path.sep).join('/')}`)};`);
  const folder = path.join(root, 'dist', 'test');
  await esbuild.build({
    ...common,
    stdin: { contents: imports.join('\n'), resolveDir: __dirname },
    outfile: path.join(folder, 'suite.js'),
  });
  const entry = path.join(folder, 'index.js');
  await esbuild.build({ ...common, entryPoints: [path.join(__dirname, 'index.ts')], outfile: entry });
  return entry;
}
