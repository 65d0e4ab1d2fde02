import * as fs from 'node:fs';
import { runCommand } from '../common/command';

/** The GPUs that the NVIDIA driver names, or why there is none. */
export type NvidiaGpus =
  | { readonly found: true; readonly names: readonly [string, ...string[]] }
  | { readonly found: false; readonly reason: string };

const driverFolder = '/proc/driver/nvidia/gpus';

/** Asks the NVIDIA driver for its GPUs: through `nvidia-smi`, else (Linux, in containers) through /proc. */
export async function findNvidiaGpus(): Promise<NvidiaGpus> {
  const listed = await runCommand('nvidia-smi', ['--query-gpu=name', '--format=csv,noheader'], {
    timeout: 20_000,
  }).catch(() => undefined);
  const [first, ...others] = listed?.code === 0 ? linesOf(listed.stdout) : namesFromDriver();
  if (first !== undefined) return { found: true, names: [first, ...others] };
  const complaint = linesOf(listed?.stdout ?? '')[0];
  return { found: false, reason: complaint ? `nvidia-smi: ${complaint}` : 'no NVIDIA GPU found' };
}

function linesOf(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
}

function namesFromDriver(): string[] {
  if (!fs.existsSync(driverFolder)) return [];
  return fs.readdirSync(driverFolder).map((gpu) => {
    const information = fs.readFileSync(`${driverFolder}/${gpu}/information`, 'utf8');
    return /^Model:\s*(.+)$/m.exec(information)?.[1]?.trim() ?? 'NVIDIA GPU';
  });
}

/**
 * The GPU that TensorFlow computes on: the first that `CUDA_VISIBLE_DEVICES` shows it, numbered by bus
 * (`CUDA_DEVICE_ORDER=PCI_BUS_ID`) as `nvidia-smi` does.
 */
export function visibleGpu(names: readonly string[], environment: NodeJS.ProcessEnv = process.env): string {
  return names[Number.parseInt(environment.CUDA_VISIBLE_DEVICES ?? '', 10)] ?? names[0] ?? 'NVIDIA GPU';
}
