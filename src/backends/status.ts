import * as os from 'node:os';
import { type BackendId, backendIds, backendTitles, type InstallableBackend } from './backend';
import { backendFolder, bindingFile, readManifest, webgpuModule } from './installed';
import { findNvidiaGpus, visibleGpu } from './nvidia';
import { isPublished } from './pins';
import { type Probe, probeTensorflow, probeWebgpu } from './probe';

/** One backend as it is on this machine. */
export interface BackendStatus {
  readonly name: BackendId;
  readonly title: string;
  readonly installed: boolean;
  /** Of the installed one. WASM comes with the package and has neither version, folder nor size here. */
  readonly version?: string;
  readonly folder?: string;
  /** Bytes on disk. */
  readonly size?: number;
  readonly usable: boolean;
  /** Why it is not usable. */
  readonly reason?: string;
  /** What would do the work, if it is usable. */
  readonly device?: string;
}

/** The backends, best first, each tried in a process of its own. */
export function listBackends(): Promise<BackendStatus[]> {
  return Promise.all(backendIds.map(backendStatus));
}

async function backendStatus(name: BackendId): Promise<BackendStatus> {
  const title = backendTitles[name];
  if (name === 'wasm') return { name, title, installed: true, usable: true, device: 'CPU' };
  const manifest = readManifest(name);
  if (!manifest) return { name, title, installed: false, usable: false, reason: notInstalled(name) };
  const { version, size } = manifest;
  const installed = { name, title, installed: true, version, folder: backendFolder(name), size };
  const verdict = await tryInstalled(name);
  return { ...installed, ...verdict };
}

type Verdict =
  { readonly usable: true; readonly device: string } | { readonly usable: false; readonly reason: string };

async function tryInstalled(name: InstallableBackend): Promise<Verdict> {
  const probe = await probeInstalled(name);
  if (!probe.works) return { usable: false, reason: probe.reason };
  if (name !== 'gpu') return { usable: true, device: probe.device };
  const gpus = await findNvidiaGpus();
  if (!gpus.found) return { usable: false, reason: gpus.reason };
  if (probe.kind === 'CPU') return { usable: false, reason: reasonInLog(probe.log) };
  return { usable: true, device: visibleGpu(gpus.names) };
}

/** What is worth installing here: TensorFlow for the GPU that is there, else for the CPU, else WebGPU. */
export async function suitableBackend(): Promise<InstallableBackend> {
  if (isPublished('gpu') && (await findNvidiaGpus()).found) return 'gpu';
  return isPublished('cpu') ? 'cpu' : 'webgpu';
}

/**
 * Why a backend is not to be used here, if so: it is not installed, or it was installed by another machine on a
 * disk that both share and does not work on this one.
 */
export async function reasonAgainst(name: InstallableBackend): Promise<string | undefined> {
  const manifest = readManifest(name);
  if (!manifest) return notInstalled(name);
  if (manifest.host === os.hostname()) return undefined;
  const probe = await probeInstalled(name);
  return probe.works ? undefined : `${backendTitles[name]} does not work on this machine: ${probe.reason}`;
}

/** Why the installed GPU build of TensorFlow stays on the CPU, as it logs. */
export async function reasonWithoutGpu(): Promise<string> {
  const probe = await probeInstalled('gpu');
  return probe.works ? reasonInLog(probe.log) : probe.reason;
}

function probeInstalled(name: InstallableBackend): Promise<Probe> {
  return name === 'webgpu' ? probeWebgpu(webgpuModule()) : probeTensorflow(bindingFile(name));
}

/** The line of TensorFlow's log that says what is wrong with the GPU, without its time and source file. */
function reasonInLog(log: string): string {
  const lines = log.split('\n').map((line) => line.replace(/^.*?\.cc:\d+\] /, ''));
  return (
    lines.find((line) => /CUDA_ERROR|cuInit|Cannot dlopen|Could not load|driver version/i.test(line)) ??
    'it finds no GPU'
  );
}

function notInstalled(name: InstallableBackend): string {
  const command = `retort backend install ${name}`;
  return `${backendTitles[name]} is not installed (${command})`;
}
