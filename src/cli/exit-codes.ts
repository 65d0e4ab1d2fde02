/** What the exit status of `retort` says; docs/command-line.md and `--help` state the same. */
export const ExitCode = {
  done: 0,
  /** The run failed, or an internal error. */
  failed: 1,
  /** Bad input or usage. */
  input: 2,
  /** Stopped before the end; the run can be resumed. */
  stopped: 3,
  /** Ended at once, by a second Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];
