import type { Contributions } from '../common/manifest';

const isRecipe = 'resourceFilename =~ /\\.distill\\.json$/ && resourceScheme == file';

export const contributes = {
  languages: [{ id: 'jsonc', filenamePatterns: ['*.distill.json'] }],
  jsonValidation: [{ fileMatch: '*.distill.json', url: './dist/recipe.editor.schema.json' }],
  commands: [
    { command: 'retort.runRecipe', title: 'Run Recipe', icon: '$(play)', needsTrust: true },
    { command: 'retort.runRecipeWithSeeds', title: 'Run Recipe with Seeds…', needsTrust: true },
    { command: 'retort.checkRecipe', title: 'Check Recipe', icon: '$(checklist)', needsTrust: true },
    { command: 'retort.duplicateRecipe', title: 'Duplicate Recipe' },
    { command: 'retort.pickActiveRecipe', title: 'Pick the Active Recipe…' },
  ],
  menus: {
    'editor/title/run': [
      { command: 'retort.runRecipe', when: isRecipe, group: 'navigation@1' },
      { command: 'retort.runRecipeWithSeeds', when: isRecipe, group: 'navigation@2' },
      { command: 'retort.checkRecipe', when: isRecipe, group: 'navigation@3' },
    ],
    'explorer/context': [
      { command: 'retort.runRecipe', when: isRecipe, group: '2_retort@1' },
      { command: 'retort.checkRecipe', when: isRecipe, group: '2_retort@2' },
      { command: 'retort.duplicateRecipe', when: isRecipe, group: '2_retort@3' },
    ],
  },
  configuration: [
    {
      title: 'Recipes',
      properties: {
        'retort.recipes.codeLens': {
          type: 'boolean',
          default: true,
          markdownDescription: 'Shows `Run`, `Check` and `Duplicate` above recipes.',
        },
        'retort.recipes.checkLayers': {
          type: 'boolean',
          default: true,
          markdownDescription:
            "Builds a recipe's models when it is opened or saved, in a process of their own, to complete and check the names of their layers. Trusted workspaces only.",
        },
      },
    },
  ],
} as const satisfies Contributions;
