import { InputError } from '../common/errors';
import { didYouMean } from '../common/suggest';

/** What `--backend` takes: the best that works, or a named one. */
export const backendChoices = ['auto', 'gpu', 'cpu', 'webgpu', 'wasm'] as const;
export type BackendChoice = (typeof backendChoices)[number];

/** The backends, best first. WASM comes with the package; the others are installed. */
export const backendIds = ['gpu', 'cpu', 'webgpu', 'wasm'] as const;
export type BackendId = (typeof backendIds)[number];

export const installableBackends = ['gpu', 'cpu', 'webgpu'] as const;
export type InstallableBackend = (typeof installableBackends)[number];

/** How messages call a backend. */
export const backendTitles: Readonly<Record<BackendId, string>> = {
  gpu: 'TensorFlow for NVIDIA GPUs',
  cpu: 'TensorFlow for CPUs',
  webgpu: 'WebGPU',
  wasm: 'WebAssembly',
};

/**
 * The backend that was asked for: the given one (`--backend`), else the environment's `RETORT_BACKEND`,
 * else `auto`. Setting `RETORT_BACKEND=wasm` or `webgpu` keeps TensorFlow out.
 * Throws `InputError` on an unknown name.
 */
export function backendChoice(
  given: string | undefined,
  environment: NodeJS.ProcessEnv = process.env,
): BackendChoice {
  const name = given ?? (environment.RETORT_BACKEND || 'auto');
  const choice = backendChoices.find((candidate) => candidate === name);
  if (choice !== undefined) return choice;
  throw new InputError(
    `${given === undefined ? 'RETORT_BACKEND' : '--backend'}: no backend "${name}"${didYouMean(name, backendChoices)} (one of ${backendChoices.join(', ')})`,
  );
}
