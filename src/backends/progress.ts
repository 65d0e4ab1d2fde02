export type InstallStage = 'download' | 'unpack' | 'compile' | 'try';

export interface InstallProgress {
  readonly stage: InstallStage;
  /** Bytes so far, and in all; both 0 in stages without any. */
  readonly done: number;
  readonly total: number;
  /** Why the prebuilt binding is not taken, where one is compiled in its place. */
  readonly because?: string;
}

export interface InstallOptions {
  readonly onProgress?: (progress: InstallProgress) => void;
  /** Aborting ends the work at once and leaves nothing behind. */
  readonly signal?: AbortSignal;
}
