/** The backends, best first. */
export type BackendName = 'tensorflow-gpu' | 'tensorflow-cpu' | 'webgpu' | 'wasm';

/** What does the arithmetic, and why not something better: shown at the start of every run and kept in it. */
export interface BackendReport {
  readonly name: BackendName;
  /** The device as the backend names it: `NVIDIA H200`, `CPU (2 cores)`. */
  readonly device: string;
  /** One line: `TensorFlow 2.21 on CPU (2 cores); no NVIDIA GPU found`. */
  readonly note: string;
  readonly versions: Readonly<Record<string, string>>;
}
