import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';
import globals from 'globals';

/**
 * The walls between the rooms of src/: which other rooms each may import.
 * `common` is open to all. Types may cross a wall only where the room is listed.
 */
const rooms = {
  common: [],
  recipe: [],
  backends: [],
  data: ['recipe'],
  runs: ['recipe'],
  engine: ['recipe', 'backends', 'data'],
  protocol: ['recipe', 'runs'],
  launch: ['recipe', 'runs', 'backends', 'protocol'],
  worker: ['recipe', 'runs', 'backends', 'data', 'engine', 'protocol'],
  cli: ['recipe', 'runs', 'backends', 'data', 'launch', 'protocol'],
  extension: ['recipe', 'runs', 'backends', 'launch', 'protocol'],
};

/** Packages that only one room may load: a tensor lives in the engine (and the worker that drives it). */
const packages = [
  { patterns: ['@tensorflow/*'], rooms: ['engine', 'worker'] },
  { patterns: ['vscode'], rooms: ['extension'] },
];

/** What a room must not import. */
function forbiddenTo(room) {
  const forbiddenRooms = Object.keys(rooms).filter(
    (other) => other !== room && other !== 'common' && !rooms[room].includes(other),
  );
  return [
    ...forbiddenRooms.map((other) => ({
      regex: `^(\\.\\./)+${other}/`,
      message: `src/${room} must not import src/${other} (see the rooms in eslint.config.mjs).`,
    })),
    ...packages
      .filter((entry) => !entry.rooms.includes(room))
      .map((entry) => ({
        group: entry.patterns,
        message: `Only ${entry.rooms.map((name) => `src/${name}`).join(' and ')} may import this.`,
      })),
  ];
}

function wall(files, patterns) {
  return { files: [files], rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

const walls = Object.keys(rooms).map((room) => wall(`src/${room}/**/*.ts`, forbiddenTo(room)));

/** The features of the extension, which call each other by commands alone; what two share is in its `common`. */
const features = ['distill', 'lenses', 'panel', 'recipes', 'runs', 'setup'];

for (const own of [...features, 'common']) {
  const others = features.filter((name) => name !== own).join('|');
  for (const depth of [1, 2]) {
    walls.push(
      wall(`src/extension/${own}/${'*/'.repeat(depth - 1)}*.ts`, [
        ...forbiddenTo('extension'),
        {
          regex: `^(\\.\\./){${depth}}(${others})/`,
          message: 'Features share src/extension/common, and call each other by commands.',
        },
      ]),
    );
  }
}

/** The panel's page shares nothing with the programs but the messages. */
walls.push(
  wall('webview/**/*.ts', [
    {
      regex: '^(\\.\\./)+src/(?!protocol/panel|common/)',
      message: 'The page may import src/protocol/panel* and src/common only.',
    },
  ]),
);

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', 'test/fixtures/', '.retort/', 'examples/', 'sample/'] },
  eslint.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      globals: globals.node,
      parserOptions: { projectService: { allowDefaultProject: ['*.mjs', 'scripts/*.mjs'] } },
    },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  { files: ['**/*.mjs', '**/*.js'], ...tseslint.configs.disableTypeChecked },
  { files: ['test/**/*.ts'], rules: { '@typescript-eslint/no-floating-promises': 'error' } },
  {
    // A panel that takes the focus back, as when the palette closes, would close what has just been asked.
    files: ['src/extension/**/*.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'CallExpression[callee.property.name=/^show(QuickPick|InputBox)$/]:not(:has(Property[key.name="ignoreFocusOut"][value.value=true]))',
          message: 'What is asked stays until it is answered: write `ignoreFocusOut: true` in the call.',
        },
      ],
    },
  },
  ...walls,
);
