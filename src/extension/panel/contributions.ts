import type { Contributions } from '../common/manifest';

/** By this VS Code knows the panels that it restores after a reload. */
export const PANEL_TYPE = 'retort.run';

export const contributes = {
  commands: [
    { command: 'retort.openRun', title: 'Open Run', icon: '$(graph-line)' },
    { command: 'retort.compareRuns', title: 'Compare Runs…', icon: '$(git-compare)' },
  ],
} as const satisfies Contributions;
