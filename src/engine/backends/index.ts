import * as tf from '@tensorflow/tfjs';
import {
  type BackendChoice,
  backendChoice,
  type BackendId,
  backendIds,
  cpuDevice,
  findNvidiaGpus,
  reasonAgainst,
  reasonWithoutGpu,
  tensorflowTitle,
  visibleGpu,
} from '../../backends';
import { InputError, messageOf } from '../../common/errors';
import { installKernels } from './kernels';
import type { BackendReport } from './report';
import { isTensorflowLoaded, loadTensorflow } from './tensorflow';
import { loadWasm } from './wasm';
import { loadWebgpu } from './webgpu';

export type { BackendName, BackendReport } from './report';

/** A backend that has started, with the title it goes by: `TensorFlow 2.21`. */
type Started = Omit<BackendReport, 'note'> & { readonly title: string };

/** Why a backend is not to be had here: the next best is taken, or the user told. */
class Unusable extends Error {}

let running: Promise<BackendReport> | undefined;

/**
 * Makes a backend TensorFlow.js's own and registers the kernels it lacks: `auto` takes the best one that is
 * installed and works, a name that one or none. Without an argument the environment's `RETORT_BACKEND` counts,
 * else `auto`. Installs nothing. A process keeps the backend it started with: later calls get the same report.
 * Throws `InputError` with the reason where the named one is not usable, or another is in use already.
 */
export async function ready(requested?: BackendChoice): Promise<BackendReport> {
  const choice = backendChoice(requested);
  const starting = (running ??= start(choice));
  let report: BackendReport;
  try {
    report = await starting;
  } catch (error) {
    if (running === starting) running = undefined;
    throw error;
  }
  if (choice !== 'auto' && report.name !== backendNames[choice]) {
    throw new InputError(
      `Backend ${choice}: this process already computes with ${report.name}; use another process`,
    );
  }
  return report;
}

const backendNames = {
  gpu: 'tensorflow-gpu',
  cpu: 'tensorflow-cpu',
  webgpu: 'webgpu',
  wasm: 'wasm',
} as const;

async function start(choice: BackendChoice): Promise<BackendReport> {
  const refusals: string[] = [];
  for (const backend of choice === 'auto' ? backendIds : [choice]) {
    try {
      const { title, ...started } = await starters[backend](choice);
      installKernels(started.name);
      return { ...started, note: [`${title} on ${started.device}`, ...refusals].join('; ') };
    } catch (error) {
      if (!(error instanceof Unusable)) throw error;
      refusals.push(error.message);
    }
  }
  throw new InputError(
    `Backend ${choice}: ${refusals.join('; ')}; \`retort backend list\` shows which ones work here`,
  );
}

const starters: Record<BackendId, (choice: BackendChoice) => Promise<Started>> = {
  async gpu() {
    const gpus = await findNvidiaGpus();
    if (!gpus.found) throw new Unusable(gpus.reason);
    const against = await reasonAgainst('gpu');
    if (against) throw new Unusable(`${gpus.names[0]} found, but ${against}`);
    const { version, usesGpu } = await usable(loadTensorflow('gpu'));
    if (!usesGpu) throw new Unusable(`TensorFlow cannot use ${gpus.names[0]}: ${await reasonWithoutGpu()}`);
    return tensorflowOn('gpu', visibleGpu(gpus.names), version);
  },

  async cpu() {
    // The GPU build computes on the CPU as well, so that one install serves both.
    const against = isTensorflowLoaded() ? undefined : await reasonAgainst('cpu');
    const build = against && !(await reasonAgainst('gpu')) ? 'gpu' : 'cpu';
    if (against && build === 'cpu') throw new Unusable(against);
    const { version } = await usable(loadTensorflow(build, { hideGpus: true }));
    return tensorflowOn('cpu', cpuDevice(), version);
  },

  async webgpu(choice) {
    const against = await reasonAgainst('webgpu');
    if (against) throw new Unusable(against);
    // A software driver is slower than WebAssembly: not for who did not ask for it.
    const { version, device } = await usable(loadWebgpu(choice !== 'auto'));
    return { name: 'webgpu', title: 'WebGPU', device, versions: versions({ webgpu: version }) };
  },

  async wasm() {
    const version = await usable(loadWasm());
    const device = 'CPU (1 core)';
    return { name: 'wasm', title: 'WebAssembly', device, versions: versions({ wasm: version }) };
  },
};

function tensorflowOn(processor: 'cpu' | 'gpu', device: string, version: string): Started {
  const title = tensorflowTitle(version);
  return { name: backendNames[processor], title, device, versions: versions({ tensorflow: version }) };
}

function versions(backend: Record<string, string>): Record<string, string> {
  return { ...backend, tfjs: tf.version_core, node: process.versions.node };
}

/** What fails while a backend is loaded rules the backend out. */
async function usable<Loaded>(loading: Promise<Loaded>): Promise<Loaded> {
  try {
    return await loading;
  } catch (error) {
    throw new Unusable(messageOf(error));
  }
}
