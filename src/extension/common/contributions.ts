import type { Contributions } from './manifest';

/** Where the extension works, and how far. */
export const capabilities = {
  untrustedWorkspaces: {
    supported: 'limited',
    description:
      'Runs can be browsed and recipes read. Running, inspecting and checking need trust: model files are code.',
    restrictedConfigurations: ['retort.home', 'retort.node', 'retort.backend'],
  },
  virtualWorkspaces: {
    supported: false,
    description: 'Models are built and trained by processes that read the files of the workspace.',
  },
} as const;

/** What no single feature owns. */
export const contributes = {
  viewsContainers: {
    activitybar: [{ id: 'retort', title: 'Retort', icon: 'media/retort.svg' }],
  },
  commands: [{ command: 'retort.showLog', title: 'Show Log' }],
  configuration: [
    {
      title: 'Retort',
      properties: {
        'retort.home': {
          type: 'string',
          default: '',
          scope: 'machine',
          markdownDescription:
            "Folder for backends, data sets and queues. Empty: `$RETORT_HOME`, else the user's cache folder.",
        },
        'retort.node': {
          type: 'string',
          default: '',
          scope: 'machine',
          markdownDescription:
            'Node 20 to 24 that workers run on. Empty: the one on the `PATH`, else the editor itself.',
        },
        'retort.backend': {
          type: 'string',
          enum: ['auto', 'gpu', 'cpu', 'webgpu', 'wasm'],
          default: 'auto',
          scope: 'machine-overridable',
          markdownDescription:
            'What does the arithmetic. `auto` takes the best that works; any other is an error where it cannot be used.',
        },
        'retort.inspect.timeLimit': {
          type: 'number',
          default: 30,
          minimum: 1,
          markdownDescription: 'Seconds that building one model may take before it is given up.',
        },
      },
    },
  ],
} as const satisfies Contributions;
