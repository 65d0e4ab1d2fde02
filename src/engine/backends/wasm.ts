import * as path from 'node:path';
import * as tf from '@tensorflow/tfjs';

/** Makes WebAssembly, which comes with the package, TensorFlow.js's backend; returns its version. */
export async function loadWasm(): Promise<string> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm');
  wasm.setWasmPaths(path.join(path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm')), path.sep));
  if (!(await tf.setBackend('wasm'))) throw new Error('WebAssembly does not start');
  return wasm.version_wasm;
}
