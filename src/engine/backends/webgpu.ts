import { pathToFileURL } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { readManifest, webgpuModule } from '../../backends';

/** What of Dawn's adapter is used here. */
interface Adapter {
  readonly info: {
    readonly vendor: string;
    readonly device: string;
    readonly description: string;
    readonly isFallbackAdapter: boolean;
  };
}

interface Gpu {
  requestAdapter(options?: { readonly powerPreference: string }): Promise<Adapter | null>;
}

interface Dawn {
  create(options: readonly string[]): Gpu;
  /** The constants and classes that a browser has as globals. */
  readonly globals: object;
}

export interface LoadedWebgpu {
  readonly version: string;
  readonly device: string;
}

/**
 * Makes WebGPU, through the installed Dawn, TensorFlow.js's backend. Tensors are then read with `await data()`:
 * `dataSync()` needs a browser's canvas.
 *
 * @param allowSoftware - take a driver that computes on the CPU too (SwiftShader, llvmpipe): right, but slow
 */
export async function loadWebgpu(allowSoftware: boolean): Promise<LoadedWebgpu> {
  const dawn = (await import(pathToFileURL(webgpuModule()).href)) as Dawn;
  const gpu = dawn.create([]);
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('WebGPU finds no graphics driver (Vulkan, Metal or Direct3D 12)');
  const { info } = adapter;
  const device = info.description || info.device || info.vendor;
  if (info.isFallbackAdapter && !allowSoftware) throw new Error(`WebGPU has only ${device}, which is no GPU`);
  provideGlobals(dawn.globals, gpu);
  await import('@tensorflow/tfjs-backend-webgpu');
  if (!(await tf.setBackend('webgpu'))) throw new Error('WebGPU does not start');
  return { version: readManifest('webgpu')!.version, device };
}

/** TensorFlow.js looks for WebGPU where a browser has it. Node has a `navigator` from version 21 on. */
function provideGlobals(globals: object, gpu: Gpu): void {
  Object.assign(globalThis, globals);
  const scope = globalThis as { navigator?: object };
  if (scope.navigator === undefined) Object.defineProperty(scope, 'navigator', { value: {} });
  Object.defineProperty(scope.navigator, 'gpu', { value: gpu });
}
