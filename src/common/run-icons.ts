/** The codicon of each state of a run, the same in the side bar and in the panel; `~spin` as in VS Code's own icons. */
export const runIcons = {
  queued: 'watch',
  starting: 'loading~spin',
  running: 'play-circle',
  stopping: 'loading~spin',
  stopped: 'stop-circle',
  interrupted: 'debug-pause',
  failed: 'error',
  done: 'pass',
  unreadable: 'warning',
} as const;
