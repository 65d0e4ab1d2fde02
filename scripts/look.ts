// npm run look -- [--theme light|dark|hc|hc-light] [--folder DIR] [--out DIR] [SCRIPT]
// Opens the workbench on a folder with the extension from this repository, runs a small script on it, and saves
// pictures. A script is a TypeScript file: `export default async (page, { workbench, shoot, folder }) => { … }`.
import * as path from 'node:path';
import { parseArgs } from 'node:util';
import type { Page } from 'playwright-core';
import { InputError } from '../src/common/errors';
import { packageRoot } from '../src/common/files';
import { type Theme, themes } from '../test/e2e/themes';
import { Workbench } from '../test/e2e/workbench';
import { makeSampleWorkspace, removeWorkspace } from '../test/extension/sample-workspace';
import { newPage, openBrowser, workbenchAddress } from './vscode/browser';
import { startServer } from './vscode/server';
import { setUpTools, type VSCodeTools } from './vscode/tools';

export interface LookHelpers {
  readonly workbench: Workbench;
  /** The folder that is open. */
  readonly folder: string;
  /** Saves a picture as `NAME-THEME.png`. */
  readonly shoot: (name: string) => Promise<void>;
}

export type LookScript = (page: Page, helpers: LookHelpers) => Promise<void>;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    theme: { type: 'string', multiple: true, default: ['dark'] },
    folder: { type: 'string' },
    out: { type: 'string', default: 'test-results/look' },
  },
});

function themeNamed(name: string): Theme {
  if (name in themes) return name as Theme;
  throw new InputError(`No theme ${name}: there are ${Object.keys(themes).join(', ')}`);
}

async function look(script: LookScript): Promise<void> {
  const names = values.theme.map(themeNamed);
  const folder = values.folder === undefined ? await makeSampleWorkspace() : path.resolve(values.folder);
  try {
    const tools = await setUpTools();
    for (const name of names) await lookIn(name, tools, folder, script);
  } finally {
    if (values.folder === undefined) await removeWorkspace(folder);
  }
}

async function lookIn(theme: Theme, tools: VSCodeTools, folder: string, script: LookScript): Promise<void> {
  const server = await startServer(tools, { settings: { 'workbench.colorTheme': themes[theme].id } });
  const browser = await openBrowser(tools);
  const page = await newPage(browser);
  const shoot = async (name: string): Promise<void> => {
    const file = path.join(values.out, `${name}-${theme}.png`);
    await page.screenshot({ path: file });
    console.log(file);
  };
  try {
    const workbench = new Workbench(page);
    await workbench.open(workbenchAddress(server, { opened: folder, developmentPath: packageRoot() }));
    await script(page, { workbench, folder, shoot });
  } catch (error) {
    // What was on the screen tells most.
    await shoot('failed');
    throw error;
  } finally {
    await browser.close();
    await server.stop();
  }
}

const overview: LookScript = async (_page, { workbench, shoot }) => {
  await workbench.openFile('resnet.ts');
  await shoot('model-file');
};

async function main(): Promise<void> {
  const [file] = positionals;
  const script = file === undefined ? overview : await loadScript(path.resolve(file));
  await look(script);
}

async function loadScript(file: string): Promise<LookScript> {
  const loaded = (await import(file)) as { default?: LookScript | { default?: LookScript } };
  const script = typeof loaded.default === 'function' ? loaded.default : loaded.default?.default;
  if (script === undefined)
    throw new InputError(`${file} has no default export: async (page, helpers) => { … }`);
  return script;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
