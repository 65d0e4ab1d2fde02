import type { Contributions } from '../common/manifest';

const isSource = 'resourceExtname =~ /^\\.[cm]?[jt]sx?$/ && resourceScheme == file';

export const contributes = {
  commands: [
    { command: 'retort.distill', title: 'Distill…', icon: '$(beaker)', needsTrust: true },
    { command: 'retort.train', title: 'Train…', needsTrust: true },
    { command: 'retort.trainTeacher', title: "Train a Recipe's Teacher…", needsTrust: true, palette: false },
    { command: 'retort.trainBaseline', title: 'Train the Student Alone for Comparison', needsTrust: true },
  ],
  menus: {
    'explorer/context': [
      { command: 'retort.distill', when: isSource, group: '2_retort@1' },
      { command: 'retort.train', when: isSource, group: '2_retort@2' },
    ],
  },
} as const satisfies Contributions;
