import { createRequire } from 'node:module';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import * as vm from 'node:vm';
import type * as esbuild from 'esbuild';
import { InputError, messageOf } from '../common/errors';
import { loadNative } from '../common/natives';

/**
 * Runs a user's JavaScript or TypeScript module and gives its exports. TypeScript, and what it imports from files
 * beside it, goes through esbuild first; packages are left to Node, which finds them from the module's folder.
 * Throws `InputError` naming the file for a syntax error and for whatever the module throws.
 */
export async function loadUserModule(file: string): Promise<Record<string, unknown>> {
  try {
    if (/\.[cm]?ts$/.test(file)) return await runTypeScript(file);
    return (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (error) {
    throw new InputError(`${file}: ${messageOf(error).split('\n')[0]}`);
  }
}

async function runTypeScript(file: string): Promise<Record<string, unknown>> {
  const { build } = await loadNative<typeof esbuild>('esbuild');
  const { outputFiles } = await build({
    entryPoints: [file],
    write: false,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'cjs',
    sourcemap: 'inline',
    logLevel: 'silent',
  }).catch((error: unknown) => {
    throw isBuildFailure(error) ? new InputError(firstFailure(error)) : error;
  });
  const parameters = ['module', 'exports', 'require', '__filename', '__dirname'];
  const run = vm.compileFunction(outputFiles[0]!.text, parameters, { filename: file }) as (
    ...values: unknown[]
  ) => void;
  const module = { exports: {} as Record<string, unknown> };
  run(module, module.exports, createRequire(file), file, path.dirname(file));
  return module.exports;
}

function isBuildFailure(error: unknown): error is esbuild.BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

function firstFailure({ errors: [first] }: esbuild.BuildFailure): string {
  if (!first) return 'it cannot be bundled';
  return first.location ? `line ${first.location.line}: ${first.text}` : first.text;
}
