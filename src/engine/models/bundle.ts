import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { url as inspectorUrl } from 'node:inspector';
import { SourceMap, createRequire } from 'node:module';
import * as path from 'node:path';
import * as vm from 'node:vm';
import type * as esbuild from 'esbuild';
import { InputError } from '../../common/errors';
import { loadNative } from '../../common/natives';
import type { Frame } from './layer-trace';
import type { Place, SourceFile } from './model';
import { ownCopy, ownCopyPlugin } from './own-copy';

/** A user's module and everything that it imports, as one script. */
export interface Bundle {
  readonly sources: readonly SourceFile[];
  /** The file name that the script runs under. */
  readonly script: string;
  /** Runs the script and gives its exports; throws whatever it throws. */
  evaluate(): Record<string, unknown>;
  /** A frame of the script in the source as it was written; undefined outside of the workspace's own code. */
  place(frame: Frame): Place | undefined;
  /** The innermost frame of a stack in the workspace's own code. */
  locate(stack: string | undefined): Place | undefined;
}

/**
 * Bundles a TypeScript or JavaScript module with the packages and `tsconfig.json` paths of its workspace.
 * Throws `InputError` with file, line and column for a syntax error or an import that leads nowhere, and for
 * code outside of the workspace. `file` and `workspace` are real paths.
 */
export async function bundleModule(file: string, workspace: string): Promise<Bundle> {
  const output = path.join(workspace, 'bundle.cjs');
  const { build } = await loadNative<typeof esbuild>('esbuild');
  const result = await build({
    entryPoints: [file],
    outfile: output,
    write: false,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    supported: { 'dynamic-import': false },
    sourcemap: 'external',
    sourcesContent: false,
    metafile: true,
    absWorkingDir: workspace,
    logLevel: 'silent',
    plugins: [ownCopyPlugin],
  }).catch((error: unknown) => {
    throw isBuildFailure(error) ? new InputError(describeFailure(error)) : error;
  });
  const files = Object.keys(result.metafile.inputs)
    .filter((input) => !input.startsWith('own-copy:'))
    .map((input) => path.resolve(workspace, input));
  for (const source of files) checkInside(source, workspace);
  const [map, script] = ['.map', '.cjs'].map(
    (extension) => result.outputFiles.find((outputFile) => outputFile.path.endsWith(extension))!.text,
  );
  const sourceMap = new SourceMap(JSON.parse(map!) as ConstructorParameters<typeof SourceMap>[0]);
  const place = (frame: Frame): Place | undefined => original(frame, sourceMap, workspace);
  return {
    sources: files.map((source) => hashed(source, workspace)),
    script: output,
    evaluate: () => evaluate(wrapped(script!, isDebugged() ? map : undefined), file, output),
    place,
    locate: (stack) =>
      framesIn(stack, output)
        .map(place)
        .find((found) => found !== undefined),
  };
}

function evaluate(script: string, file: string, output: string): Record<string, unknown> {
  const run = new vm.Script(script, { filename: output }).runInThisContext() as (
    ...values: unknown[]
  ) => void;
  const module = { exports: {} as Record<string, unknown> };
  const requireFromFile = createRequire(file);
  const requireOwn = (name: string): unknown => ownCopy(name) ?? requireFromFile(name);
  run(module, module.exports, requireOwn, file, path.dirname(file));
  return module.exports;
}

/** Whether a debugger is attached to this process, or may be. */
function isDebugged(): boolean {
  return inspectorUrl() !== undefined;
}

/**
 * A script that gives the module as a function; its lines stay where they are. A debugger finds the sources, and sets
 * breakpoints in them, by the map alone. It can halt a script that has one before its first line runs, which it cannot
 * with a function that was compiled by itself: breakpoints would be set too late.
 */
function wrapped(script: string, map: string | undefined): string {
  const whole = `(function (module, exports, require, __filename, __dirname) { ${script}\n})`;
  if (map === undefined) return whole;
  return `${whole}\n${MAP_COMMENT}data:application/json;base64,${Buffer.from(map).toString('base64')}`;
}

/** In two parts: a debugger that reads this very file would take it for the file's own. */
const MAP_COMMENT = '//# ' + 'sourceMappingURL=';

/** The frames of a stack that are of a script, the innermost first. */
function framesIn(stack: string | undefined, script: string): Frame[] {
  return (stack?.split('\n') ?? []).flatMap((text) => {
    const start = text.indexOf(`${script}:`);
    if (start < 0) return [];
    const [, line, column] = /^:(\d+):(\d+)/.exec(text.slice(start + script.length)) ?? [];
    return [{ line: Number(line), column: Number(column) }];
  });
}

function original({ line, column }: Frame, sourceMap: SourceMap, workspace: string): Place | undefined {
  const entry = sourceMap.findEntry(line - 1, column - 1);
  if (!('originalSource' in entry)) return undefined;
  const source = path.resolve(workspace, entry.originalSource);
  if (isPackage(source, workspace) || !fs.existsSync(source)) return undefined;
  const file = relativePath(source, workspace);
  return { file, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
}

/** Packages may be installed above the workspace or be linked into it; other code may not come from outside. */
function checkInside(source: string, workspace: string): void {
  if (isPackage(source, workspace) || isInside(source, workspace)) return;
  throw new InputError(`${source} lies outside of the workspace (${workspace}); model code must lie in it`);
}

export function isInside(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

function isPackage(file: string, workspace: string): boolean {
  return path.relative(workspace, file).split(path.sep).includes('node_modules');
}

function hashed(file: string, workspace: string): SourceFile {
  return {
    path: relativePath(file, workspace),
    sha256: createHash('sha256').update(fs.readFileSync(file)).digest('hex'),
  };
}

/** From the workspace, with forward slashes. */
function relativePath(file: string, workspace: string): string {
  return path.relative(workspace, file).split(path.sep).join('/');
}

function isBuildFailure(error: unknown): error is esbuild.BuildFailure {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

function describeFailure({ errors: [first] }: esbuild.BuildFailure): string {
  if (!first) return 'it cannot be bundled';
  const { text, location } = first;
  return location ? `${location.file}:${location.line}:${location.column + 1}: ${text}` : text;
}
