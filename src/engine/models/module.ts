import * as fs from 'node:fs';
import * as path from 'node:path';
import { InputError, messageOf } from '../../common/errors';
import { didYouMean } from '../../common/suggest';
import { withSeededRandom } from '../random';
import { ArgumentReader } from './arguments';
import { NetworkModel, callBuilder } from './build';
import { bundleModule, isInside, type Bundle } from './bundle';
import { LayerTrace } from './layer-trace';
import type { Model } from './model';
import type { Builder, BuilderArgs } from './network';
import { checkNetwork } from './returned';

/**
 * Builds a model with a builder exported by a user's module; `file` is absolute.
 * There is no time limit: a loop without end blocks this process, and whoever started it must be able to end it.
 * Throws `InputError` that says what is wrong in which file and line.
 */
export async function loadModule(
  { file, exportName }: { readonly file: string; readonly exportName: string },
  args: BuilderArgs,
  { seed, workspace }: { readonly seed: number; readonly workspace: string },
): Promise<Model> {
  const root = fs.realpathSync(workspace);
  const source = sourceFile(file, root);
  const bundle = await bundleModule(source, root);
  const shown = path.relative(root, source);
  const trace = new LayerTrace(bundle.script);
  const exports = guarded(
    bundle,
    () => `${shown} throws`,
    () => withSeededRandom(`${seed}/module`, () => trace.during(() => bundle.evaluate())),
  );
  const builder = findBuilder(exports, exportName, shown);
  const reader = new ArgumentReader(args);
  const network = guarded(
    bundle,
    () => `${shown}#${exportName} throws${reader.describeMissing()}`,
    () => trace.during(() => callBuilder(builder, reader.args, seed)),
  );
  try {
    checkNetwork(network, args);
    reader.checkAllUsed();
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${shown}#${exportName}: ${error.message}`) : error;
  }
  return new NetworkModel(network, bundle.sources, (...use) =>
    trace
      .framesOf(...use)
      .map((frame) => bundle.place(frame))
      .filter((place) => place !== undefined),
  );
}

function sourceFile(file: string, root: string): string {
  if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile())
    throw new InputError(`there is no file ${file}`);
  const source = fs.realpathSync(file);
  if (!isInside(source, root)) {
    throw new InputError(`${source} lies outside of the workspace (${root}); model code must lie in it`);
  }
  return source;
}

/** Runs user code; what it throws becomes an `InputError` with the place in the user's source. */
function guarded<T>(bundle: Bundle, what: () => string, work: () => T): T {
  // TensorFlow.js nests its calls deep enough to hide the user's frame behind the default limit of ten.
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 200;
  try {
    return work();
  } catch (error) {
    const place = bundle.locate(error instanceof Error ? error.stack : undefined);
    const where = place ? `${place.file}:${place.line}:${place.column}: ` : '';
    throw new InputError(`${where}${what()}: ${messageOf(error).replace(/\s+/g, ' ')}`);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function findBuilder(exports: Record<string, unknown>, name: string, file: string): Builder {
  // `module.exports = function` of a CommonJS file is its default export.
  const isDefault = name === 'default' && typeof exports === 'function';
  const found = isDefault ? exports : Object.hasOwn(exports, name) ? exports[name] : undefined;
  if (typeof found === 'function') return found as Builder;
  const builders = Object.keys(exports).filter((key) => typeof exports[key] === 'function');
  const list =
    builders.length > 0 ? `; its functions are ${builders.join(', ')}` : '; it exports no function';
  if (found !== undefined) {
    throw new InputError(`${file}#${name} is not a function that builds a model${list}`);
  }
  throw new InputError(`${file} exports no "${name}"${didYouMean(name, builders) || list}`);
}
