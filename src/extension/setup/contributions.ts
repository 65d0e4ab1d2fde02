import type { Contributions } from '../common/manifest';

/**
 * VS Code reads walkthroughs when the first is opened, and takes no notice of what holds by then, only of what comes to
 * hold later. One of these two does, as the person comes to the page or leaves it.
 */
const onceReached = (key: string): string[] => [
  `onContext:${key} && activeEditor == 'gettingStartedPage'`,
  `onContext:${key} && activeEditor != 'gettingStartedPage'`,
];

export const contributes = {
  commands: [
    { command: 'retort.installBackend', title: 'Install GPU Backend…', icon: '$(cloud-download)' },
    { command: 'retort.removeBackend', title: 'Remove Backend…' },
    { command: 'retort.fetchHelpers', title: 'Fetch Helper Programs' },
    { command: 'retort.showDiskUse', title: 'Show Disk Use' },
    { command: 'retort.prune', title: 'Prune Checkpoints…' },
    { command: 'retort.openSampleProject', title: 'Open the Sample Project…' },
  ],
  menus: {
    'view/title': [
      { command: 'retort.installBackend', when: 'view == retort.device', group: 'navigation' },
      { command: 'retort.removeBackend', when: 'view == retort.device', group: '1_backend@1' },
      { command: 'retort.showDiskUse', when: 'view == retort.device', group: '2_disk@1' },
      { command: 'retort.prune', when: 'view == retort.device', group: '2_disk@2' },
    ],
  },
  configuration: [
    {
      title: 'Retort',
      properties: {
        'retort.suggestBackend': {
          type: 'boolean',
          default: true,
          scope: 'machine',
          markdownDescription: 'Suggest to install TensorFlow when a run starts on WebAssembly.',
        },
      },
    },
  ],
  walkthroughs: [
    {
      id: 'start',
      title: 'Distil your first model',
      description: 'Train a large model, let a small one learn from it, and see what that gains.',
      steps: [
        {
          id: 'sample',
          title: 'Open the sample project',
          description:
            'A teacher and two students for small pictures of clothes, in TypeScript, with recipes that run as they are.\n[Open the Sample Project](command:retort.openSampleProject)',
          media: {
            svg: 'media/walkthrough/sample.svg',
            altText:
              'A project with a folder of models, a folder of recipes and a model file with lenses above its functions',
          },
          completionEvents: ['onCommand:retort.openSampleProject'],
        },
        {
          id: 'backend',
          title: 'Compute faster',
          description:
            'Retort computes on WebAssembly at once. TensorFlow is about ten times as fast on a processor, and more on an NVIDIA GPU.\n[Install GPU Backend](command:retort.installBackend)',
          media: {
            svg: 'media/walkthrough/backend.svg',
            altText:
              'Bars of images per second: WebAssembly short, TensorFlow on a processor longer, TensorFlow on a GPU longest',
          },
          completionEvents: ['onCommand:retort.installBackend'],
        },
        {
          id: 'teacher',
          title: 'Train a teacher',
          description:
            'Open **recipes/teacher.distill.json** and click **Run** above it. The panel follows the run; it goes on when the window is closed.\n[Run a Recipe](command:retort.runRecipe)',
          media: {
            svg: 'media/walkthrough/teacher.svg',
            altText: 'The curve of accuracy rising over the epochs of a run',
          },
          completionEvents: onceReached('retort.hasTrained'),
        },
        {
          id: 'distil',
          title: 'Distil it',
          description:
            'Open **models/resnet.ts** and click **Distill…** above resnet8. Pick the teacher, the methods, the layers and the data; the recipe that this writes is yours to change and run.\n[Distill a Model](command:retort.distill)',
          media: {
            svg: 'media/walkthrough/distil.svg',
            altText: 'Layers of a large teacher hooked to layers of a small student',
          },
          completionEvents: onceReached('retort.hasDistilled'),
        },
        {
          id: 'compare',
          title: 'Compare',
          description:
            'Train the student alone too. Then select the runs in the side bar and compare them: accuracy, spread over seeds, and how much of the gap to the teacher is recovered.\n[Compare Runs](command:retort.compareRuns)',
          media: {
            svg: 'media/walkthrough/compare.svg',
            altText:
              'Curves of a student alone and of the distilled one, which ends nearer to the line of the teacher',
          },
          completionEvents: ['onCommand:retort.compareRuns', 'onCommand:retort.compareSelectedRuns'],
        },
      ],
    },
  ],
} as const satisfies Contributions;
