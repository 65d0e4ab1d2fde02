import * as path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { distFile } from '../../common/files';

/** Makes WebAssembly, which comes with the package, TensorFlow.js's backend; returns its version. */
export async function loadWasm(): Promise<string> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(path.join(distFile('wasm'), path.sep));
  if (!(await tf.setBackend('wasm'))) throw new Error('WebAssembly does not start');
  return wasm.version_wasm;
}
