import * as fs from 'node:fs';
import * as path from 'node:path';
import { InputError, messageOf } from '../common/errors';
import { failpoint } from '../common/failpoint';
import { type Compiler, compileBinding, findCompiler } from './compiler';
import { probeTensorflow } from './probe';
import type { InstallOptions } from './progress';

/**
 * Puts a binding that works beside the C library in `<folder>/tensorflow`: the prebuilt one where it works here, else
 * one that is compiled now. Gives the compiler where one was needed; throws `InputError` where there is none, or where
 * TensorFlow does not work at all.
 */
export async function makeBinding(
  folder: string,
  prebuilt: string | undefined,
  { onProgress, signal }: InstallOptions,
): Promise<Compiler | undefined> {
  const binding = path.join(folder, 'tfjs_binding.node');
  const faultOf = async (): Promise<string | undefined> => {
    onProgress?.({ stage: 'try', done: 0, total: 0 });
    const probe = await probeTensorflow(binding);
    return probe.works ? undefined : probe.reason;
  };
  let because: string | undefined;
  if (prebuilt !== undefined) {
    fs.copyFileSync(prebuilt, binding);
    because = await faultOf();
    if (because === undefined) return undefined;
  }
  const compiler = await findCompiler().catch((error: unknown) => {
    if (because === undefined) throw error;
    throw new InputError(
      `The binding that came with Retort does not work here (${because}). ${messageOf(error)}`,
    );
  });
  onProgress?.({ stage: 'compile', done: 0, total: 0, ...(because !== undefined && { because }) });
  await compileBinding(compiler, folder, { signal });
  failpoint('backend-compiled');
  const fault = await faultOf();
  if (fault !== undefined) throw new InputError(`TensorFlow does not work on this machine: ${fault}`);
  return compiler;
}
