import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Page } from 'playwright-core';
import { writeJsonAtomic } from '../../src/common/files';

/** VS Code's own themes: as settings name them, and the class that the workbench has with each. */
export const themes = {
  light: { id: 'Light 2026', kind: 'vs' },
  dark: { id: 'Dark 2026', kind: 'vs-dark' },
  hc: { id: 'Default High Contrast', kind: 'hc-black' },
  'hc-light': { id: 'Default High Contrast Light', kind: 'hc-light' },
} as const;
export type Theme = keyof typeof themes;

/**
 * Changes the theme through the settings of the folder or `.code-workspace` that is open: no menu, picker or panel
 * closes by it.
 */
export async function changeTheme(page: Page, opened: string, theme: Theme): Promise<void> {
  const setting = { 'workbench.colorTheme': themes[theme].id };
  if (opened.endsWith('.code-workspace')) {
    const { settings, ...rest } = readJson(opened) as { settings?: object };
    writeJsonAtomic(opened, { ...rest, settings: { ...settings, ...setting } });
  } else {
    const file = path.join(opened, '.vscode', 'settings.json');
    fs.mkdirSync(path.dirname(file), { recursive: true });
    writeJsonAtomic(file, { ...(fs.existsSync(file) && readJson(file)), ...setting });
  }
  await page.locator(`.monaco-workbench.${themes[theme].kind}`).waitFor();
}

function readJson(file: string): object {
  return JSON.parse(fs.readFileSync(file, 'utf8')) as object;
}
