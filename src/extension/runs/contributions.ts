import type { Contributions } from '../common/manifest';

const view = 'view == retort.experiments';
const queue = 'view == retort.queue';
const run = `${view} && viewItem =~ /^run /`;
const readable = `${run} && viewItem =~ /live|over/`;
const live = `${view} && viewItem =~ /^run .*live/`;
const running = `${view} && viewItem =~ /^run running/`;
const ongoing = `${view} && viewItem =~ /^run running .*ongoing/`;
const over = `${view} && viewItem =~ /^run .*(over|unreadable)/`;
const resumable = `${view} && viewItem =~ /^run .*resumable/`;
const starred = `${view} && viewItem =~ /^run .*starred/`;
const plain = `${view} && viewItem =~ /^run .*plain/`;
const several = `${view} && viewItem =~ /^(group|experiment)/`;
const artefact = `${view} && viewItem =~ /^(checkpoint|student)$/`;
const waiting = `${queue} && viewItem =~ /waiting/`;
const own = `${queue} && viewItem =~ /own/`;
const noFolder = 'workspaceFolderCount == 0';
/** Set after the first look, so that no view says that there is nothing while it is looked for. */
const noRun = '!(workspaceFolderCount == 0) && retort.experiments.ready && !retort.experiments.filtered';
const focused = 'focusedView == retort.experiments && !inputFocus';

export const contributes = {
  views: {
    retort: [
      {
        id: 'retort.experiments',
        name: 'Experiments',
        icon: 'media/retort.svg',
        contextualTitle: 'Retort',
        initialSize: 6,
      },
      {
        id: 'retort.queue',
        name: 'Queue',
        icon: 'media/retort.svg',
        contextualTitle: 'Retort',
        initialSize: 2,
      },
      {
        id: 'retort.device',
        name: 'Device',
        icon: 'media/retort.svg',
        contextualTitle: 'Retort',
        initialSize: 1,
      },
    ],
  },
  viewsWelcome: [
    {
      view: 'retort.experiments',
      when: noFolder,
      contents:
        'Open a folder to keep runs in, or begin with a project that is ready to run.\n[Open the Sample Project](command:retort.openSampleProject)\n[Open Folder](command:vscode.openFolder)',
    },
    {
      view: 'retort.experiments',
      when: `${noRun} && isWorkspaceTrusted`,
      contents:
        'No runs yet. Train a small model from a large one, and every run is kept here.\n[Distill a Model…](command:retort.distill)\n[Open the Sample Project](command:retort.openSampleProject)',
    },
    {
      view: 'retort.experiments',
      when: `${noRun} && !isWorkspaceTrusted`,
      contents:
        'No runs yet. This workspace is not trusted, and starting a run would run its code.\n[Manage Workspace Trust](command:workbench.trust.manage)',
    },
    {
      view: 'retort.experiments',
      when: 'retort.experiments.filtered',
      contents: 'No run matches the filter.\n[Clear Filter](command:retort.clearFilter)',
    },
    {
      view: 'retort.queue',
      when: 'retort.experiments.ready',
      contents: 'No run is at work or waiting on this machine.',
    },
  ],
  commands: [
    { command: 'retort.stopRun', title: 'Stop Run', icon: '$(debug-stop)', needsTrust: true },
    { command: 'retort.stopRunAfterEpoch', title: 'Stop Run After This Epoch', needsTrust: true },
    { command: 'retort.resumeRun', title: 'Resume Run', icon: '$(debug-continue)', needsTrust: true },
    { command: 'retort.checkpointRun', title: 'Keep a Checkpoint Now', icon: '$(save)', needsTrust: true },
    { command: 'retort.debugRun', title: 'Debug Run', icon: '$(debug-alt)', needsTrust: true },
    { command: 'retort.compareSelectedRuns', title: 'Compare', icon: '$(git-compare)', palette: false },
    { command: 'retort.renameRun', title: 'Rename Run…' },
    { command: 'retort.tagRun', title: 'Tag Run…' },
    { command: 'retort.editNote', title: 'Edit Note on Run' },
    { command: 'retort.starRun', title: 'Star Run', icon: '$(star-empty)' },
    { command: 'retort.unstarRun', title: 'Unstar Run', icon: '$(star-full)' },
    { command: 'retort.showRunLog', title: 'Show Log of Run', icon: '$(output)' },
    { command: 'retort.deleteRun', title: 'Delete Run', icon: '$(trash)' },
    { command: 'retort.revealRun', title: 'Open Containing Folder of Run' },
    { command: 'retort.revealRunInExplorer', title: 'Reveal Run in Explorer View' },
    { command: 'retort.exportMetrics', title: 'Export Metrics as CSV…' },
    { command: 'retort.exportStudent', title: 'Export Student…', needsTrust: true },
    { command: 'retort.copyRunId', title: 'Copy Id of Run' },
    { command: 'retort.copyReference', title: 'Copy Reference for Recipes' },
    { command: 'retort.openActiveRun', title: 'Open the Run at Work' },
    { command: 'retort.filterRuns', title: 'Filter Runs…', icon: '$(filter)' },
    {
      command: 'retort.clearFilter',
      title: 'Clear Filter of Runs',
      icon: '$(clear-all)',
      enablement: 'retort.experiments.filtered',
    },
    { command: 'retort.sortByNewest', title: 'Sort Runs by Newest' },
    { command: 'retort.sortByBest', title: 'Sort Runs by Best Metric' },
    { command: 'retort.sortByName', title: 'Sort Runs by Name' },
    { command: 'retort.refreshRuns', title: 'Refresh Runs', icon: '$(refresh)' },
    { command: 'retort.moveUp', title: 'Move Up', icon: '$(arrow-up)', palette: false },
    { command: 'retort.moveDown', title: 'Move Down', palette: false },
    { command: 'retort.moveToFront', title: 'Move to Front', icon: '$(fold-up)', palette: false },
    { command: 'retort.setRunsAtATime', title: 'Set Runs at a Time…', icon: '$(settings-gear)' },
  ],
  submenus: [
    { id: 'retort.sort', label: 'Sort By' },
    { id: 'retort.copy', label: 'Copy' },
    { id: 'retort.export', label: 'Export' },
  ],
  menus: {
    'view/title': [
      { command: 'retort.refreshRuns', when: view, group: 'navigation@1' },
      { command: 'retort.distill', when: view, group: 'navigation@2' },
      {
        command: 'retort.filterRuns',
        when: `${view} && !retort.experiments.filtered`,
        group: 'navigation@3',
      },
      {
        command: 'retort.clearFilter',
        when: `${view} && retort.experiments.filtered`,
        group: 'navigation@3',
      },
      { submenu: 'retort.sort', when: view, group: '1_order@1' },
      { command: 'retort.setRunsAtATime', when: queue, group: 'navigation@1' },
    ],
    'retort.sort': [
      { command: 'retort.sortByNewest', group: '1_sort@1' },
      { command: 'retort.sortByBest', group: '1_sort@2' },
      { command: 'retort.sortByName', group: '1_sort@3' },
    ],
    'retort.copy': [
      { command: 'retort.copyRunId', group: '1_copy@1' },
      { command: 'retort.copyReference', group: '1_copy@2' },
    ],
    'retort.export': [
      { command: 'retort.exportMetrics', group: '1_export@1' },
      { command: 'retort.exportStudent', group: '1_export@2' },
    ],
    'view/item/context': [
      { command: 'retort.stopRun', when: live, group: 'inline@1' },
      { command: 'retort.resumeRun', when: resumable, group: 'inline@1' },
      { command: 'retort.starRun', when: plain, group: 'inline@2' },
      { command: 'retort.unstarRun', when: starred, group: 'inline@2' },
      { command: 'retort.compareSelectedRuns', when: several, group: 'inline@1' },
      { command: 'retort.openRun', when: `${run} && !listMultiSelection`, group: '1_open@1' },
      { command: 'retort.compareSelectedRuns', when: `${readable} && listMultiSelection`, group: '1_open@2' },
      { command: 'retort.compareSelectedRuns', when: several, group: '1_open@2' },
      { command: 'retort.showRunLog', when: run, group: '1_open@3' },
      { command: 'retort.stopRun', when: live, group: '2_control@1' },
      { command: 'retort.stopRunAfterEpoch', when: ongoing, group: '2_control@2' },
      { command: 'retort.checkpointRun', when: running, group: '2_control@3' },
      { command: 'retort.resumeRun', when: resumable, group: '2_control@4' },
      { command: 'retort.debugRun', when: over, group: '2_control@5' },
      { command: 'retort.renameRun', when: readable, group: '3_notes@1' },
      { command: 'retort.tagRun', when: readable, group: '3_notes@2' },
      { command: 'retort.editNote', when: readable, group: '3_notes@3' },
      { command: 'retort.starRun', when: plain, group: '3_notes@4' },
      { command: 'retort.unstarRun', when: starred, group: '3_notes@4' },
      { submenu: 'retort.export', when: readable, group: '4_give@1' },
      { submenu: 'retort.copy', when: run, group: '4_give@2' },
      { command: 'retort.copyReference', when: artefact, group: '4_give@2' },
      { command: 'retort.revealRun', when: run, group: '4_give@3' },
      { command: 'retort.revealRun', when: artefact, group: '4_give@3' },
      { command: 'retort.revealRunInExplorer', when: run, group: '4_give@4' },
      { command: 'retort.revealRunInExplorer', when: artefact, group: '4_give@4' },
      { command: 'retort.deleteRun', when: over, group: '5_delete@1' },
      { command: 'retort.moveUp', when: waiting, group: 'inline@1' },
      { command: 'retort.moveToFront', when: waiting, group: 'inline@2' },
      { command: 'retort.stopRun', when: own, group: 'inline@3' },
      { command: 'retort.openRun', when: own, group: '1_open@1' },
      { command: 'retort.moveUp', when: waiting, group: '2_order@1' },
      { command: 'retort.moveDown', when: waiting, group: '2_order@2' },
      { command: 'retort.moveToFront', when: waiting, group: '2_order@3' },
      { command: 'retort.stopRun', when: own, group: '3_control@1' },
    ],
  },
  keybindings: [
    { command: 'retort.renameRun', key: 'f2', when: focused, args: { selection: true } },
    {
      command: 'retort.deleteRun',
      key: 'delete',
      mac: 'cmd+backspace',
      when: focused,
      args: { selection: true },
    },
    { command: 'retort.filterRuns', key: 'ctrl+f', mac: 'cmd+f', when: focused },
  ],
  configuration: [
    {
      title: 'Runs',
      properties: {
        'retort.runsAtATime': {
          type: 'integer',
          default: 1,
          minimum: 1,
          maximum: 99,
          scope: 'machine',
          markdownDescription:
            'How many runs may work on one device at a time; further ones wait in the queue of this machine.',
        },
      },
    },
  ],
} as const satisfies Contributions;
