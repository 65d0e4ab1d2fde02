import { type Browser, chromium, type Page } from 'playwright-core';
import type { VSCodeServer } from './server';
import type { VSCodeTools } from './tools';

/** Opens Chromium without a window. */
export function openBrowser(tools: VSCodeTools): Promise<Browser> {
  return chromium.launch({
    executablePath: tools.chromium,
    // Containers run as root, where Chromium's sandbox does not work; only our own server is opened.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--font-render-hinting=none'],
  });
}

export interface WorkbenchAddress {
  /** The folder or `.code-workspace` to open; none for an empty window. */
  readonly opened?: string | undefined;
  /** The repository, to run the extension from it without packaging. */
  readonly developmentPath?: string;
  /** A bundle that exports `run()`, run in the extension host instead of waiting for a person. */
  readonly testsPath?: string;
}

/** The workbench's address on a server. */
export function workbenchAddress(
  { authority }: VSCodeServer,
  { opened, developmentPath, testsPath }: WorkbenchAddress,
): string {
  const remote = (file: string): string => `vscode-remote://${authority}${file}`;
  const payload = [
    ['skipWelcome', 'true'],
    ...(developmentPath === undefined ? [] : [['extensionDevelopmentPath', remote(developmentPath)]]),
    ...(testsPath === undefined ? [] : [['extensionTestsPath', remote(testsPath)]]),
  ];
  const query = new URLSearchParams({
    ...windowOf(opened),
    payload: JSON.stringify(payload),
  });
  return `http://${authority}/?${query.toString()}`;
}

function windowOf(opened: string | undefined): Record<string, string> {
  if (opened === undefined) return { ew: 'true' };
  return opened.endsWith('.code-workspace') ? { workspace: opened } : { folder: opened };
}

export async function newPage(browser: Browser): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  // Two cores train beside it.
  context.setDefaultTimeout(90_000);
  return context.newPage();
}
