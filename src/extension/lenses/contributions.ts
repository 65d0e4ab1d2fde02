import type { Contributions } from '../common/manifest';

const inModelFile = 'editorLangId =~ /^(typescript|javascript)(react)?$/';

const shown = { type: 'boolean', default: true } as const;

export const contributes = {
  commands: [
    {
      command: 'retort.inspect',
      title: 'Inspect Model',
      needsTrust: true,
      palette: inModelFile,
    },
    {
      command: 'retort.inspectWith',
      title: 'Inspect Model with Other Inputs…',
      needsTrust: true,
      palette: inModelFile,
    },
    {
      command: 'retort.hookLayer',
      title: 'Hook Layer…',
      needsTrust: true,
    },
    { command: 'retort.hookLayerAt', title: 'Hook Layer of This Line…', needsTrust: true, palette: false },
    { command: 'retort.editHook', title: 'Edit Hook', palette: false },
    { command: 'retort.removeHook', title: 'Remove Hook', palette: false },
    { command: 'retort.removeHookedLayer', title: 'Remove Layer from Hook', palette: false },
  ],
  configuration: [
    {
      title: 'Model files',
      properties: {
        'retort.lenses.builders': {
          ...shown,
          markdownDescription: 'Show `Distill…`, `Train…` and `Inspect` above functions that build a model.',
        },
        'retort.lenses.hooks': {
          ...shown,
          markdownDescription: 'Show above a layer what the active recipe hooks it to.',
        },
        'retort.lenses.hookable': {
          ...shown,
          markdownDescription: "Show `Hook…` above the named layers of the active recipe's models.",
        },
        'retort.lenses.inspected': {
          ...shown,
          markdownDescription: 'Show `Hook…` above the other layers too, once the model is inspected.',
        },
        'retort.hints.shapes': {
          ...shown,
          markdownDescription: 'After `Inspect`, show the output shape of the layers made on a line.',
        },
        'retort.hints.parameters': {
          ...shown,
          markdownDescription: 'After `Inspect`, show the number of parameters of the layers made on a line.',
        },
        'retort.hints.flops': {
          ...shown,
          markdownDescription: 'After `Inspect`, show the arithmetic that the layers made on a line cost.',
        },
        'retort.hints.callers': {
          ...shown,
          markdownDescription:
            'Show these figures also on lines that call a function which makes the layers.',
        },
      },
    },
  ],
} as const satisfies Contributions;
