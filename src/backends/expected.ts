import * as os from 'node:os';
import { type BackendChoice, type BackendId, backendIds } from './backend';
import { readManifest } from './installed';
import { findNvidiaGpus, visibleGpu } from './nvidia';
import { backendVersion } from './pins';

/** What would do the arithmetic, from what is installed alone. */
export interface ExpectedDevice {
  readonly backend: BackendId;
  /** `TensorFlow 2.21` */
  readonly title: string;
  /** `CPU (2 cores)`; undefined for WebGPU, which only a try tells. */
  readonly device?: string;
}

/**
 * The backend that a run would take, without loading or trying any: a few milliseconds. It can be wrong where an
 * installed one does not work on this machine, which `listBackends` finds out.
 */
export async function expectedDevice(choice: BackendChoice): Promise<ExpectedDevice> {
  for (const backend of choice === 'auto' ? backendIds : [choice]) {
    const expected = await finders[backend]();
    if (expected) return { backend, ...expected };
  }
  // A named backend that is missing: the run will refuse it with the reason.
  return { backend: choice as BackendId, title: titles[choice as BackendId]() };
}

const finders: Record<BackendId, () => Promise<Omit<ExpectedDevice, 'backend'> | undefined>> = {
  async gpu() {
    if (!readManifest('gpu')) return undefined;
    const gpus = await findNvidiaGpus();
    return gpus.found ? { title: titles.gpu(), device: visibleGpu(gpus.names) } : undefined;
  },
  cpu() {
    const found = readManifest('cpu') ?? readManifest('gpu');
    return Promise.resolve(found && { title: titles.cpu(), device: cpuDevice() });
  },
  webgpu() {
    return Promise.resolve(readManifest('webgpu') && { title: titles.webgpu() });
  },
  wasm() {
    return Promise.resolve({ title: titles.wasm(), device: 'CPU (1 core)' });
  },
};

const titles: Record<BackendId, () => string> = {
  gpu: () => tensorflowTitle(backendVersion('gpu')),
  cpu: () => tensorflowTitle(backendVersion('cpu')),
  webgpu: () => 'WebGPU',
  wasm: () => 'WebAssembly',
};

/** `TensorFlow 2.21` */
export function tensorflowTitle(version: string): string {
  return `TensorFlow ${version.split('.').slice(0, 2).join('.')}`;
}

/** `CPU (2 cores)`; TensorFlow takes fewer or more threads from `TF_NUM_INTRAOP_THREADS`. */
export function cpuDevice(): string {
  const cores = os.availableParallelism();
  const threads = Number(process.env.TF_NUM_INTRAOP_THREADS) || cores;
  if (threads !== cores) return `CPU (${threads} of ${cores} cores)`;
  return `CPU (${cores} ${cores === 1 ? 'core' : 'cores'})`;
}
