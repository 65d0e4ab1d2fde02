import { type BackendId, findNvidiaGpus, reasonAgainst } from '../src/backends';

/** A backend that is not installed is left out, one that is and fails is not; WASM is always there. */
export async function reasonToSkip(backend: BackendId): Promise<string | undefined> {
  if (backend === 'wasm') return undefined;
  const forced = process.env.RETORT_BACKEND ?? 'auto';
  if (forced !== 'auto' && forced !== backend) return `RETORT_BACKEND is ${forced}`;
  if (backend === 'gpu') {
    const gpus = await findNvidiaGpus();
    if (!gpus.found) return gpus.reason;
  }
  return reasonAgainst(backend);
}
