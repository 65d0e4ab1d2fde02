import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { distFile } from '../../src/common/files';
import { pagePolicy } from '../../src/extension/panel/page-policy';
import type { HostMessage, PageMessage } from '../../src/protocol/panel';
import type { Theme } from '../e2e/themes';
import themes from './themes.json';

const NONCE = 'page-test';
const TYPES: Record<string, string> = {
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.ttf': 'font/ttf',
};

/** Serves the panel's page as VS Code would: its files, its security policy, and a stand-in for VS Code's API. */
export async function servePanel(): Promise<{ address: string; stop: () => Promise<void> }> {
  const axe = require.resolve('axe-core/axe.min.js');
  const server = http.createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
    if (pathname === '/') {
      const { port } = server.address() as AddressInfo;
      response.setHeader('Content-Security-Policy', pagePolicy(`http://127.0.0.1:${port}`, NONCE));
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.end(pageText((searchParams.get('theme') ?? 'dark') as Theme));
      return;
    }
    const file = pathname === '/axe.js' ? axe : distFile(path.join('webview', path.basename(pathname)));
    if (!fs.existsSync(file)) {
      response.statusCode = 404;
      response.end();
      return;
    }
    response.setHeader('Content-Type', TYPES[path.extname(file)] ?? 'application/octet-stream');
    response.end(fs.readFileSync(file));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function pageText(theme: Theme): string {
  const { bodyClass, variables } = themes[theme];
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Panel</title>
<meta property="csp-nonce" content="${NONCE}">
<link rel="stylesheet" href="/panel.css">
<script nonce="${NONCE}">
  const theme = ${JSON.stringify(variables)};
  for (const [name, value] of Object.entries(theme)) document.documentElement.style.setProperty(name, value);
  window.posted = [];
  window.kept = undefined;
  window.violations = [];
  window.acquireVsCodeApi = () => ({
    postMessage: (message) => window.posted.push(message),
    setState: (state) => { window.kept = state; },
  });
  document.addEventListener('securitypolicyviolation', (event) => {
    window.violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + event.sample);
  });
</script>
</head>
<body class="${bodyClass}">
<main id="panel"></main>
<script nonce="${NONCE}" src="/panel.js"></script>
<script nonce="${NONCE}" src="/axe.js"></script>
</body>
</html>`;
}

/** The page as the host and a person meet it. */
export class PanelPage {
  readonly errors: string[] = [];

  private constructor(readonly page: Page) {
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(message.text());
    });
  }

  static async open(
    browser: Browser,
    address: string,
    { theme = 'dark', width = 1280, height = 900 }: { theme?: Theme; width?: number; height?: number } = {},
  ): Promise<PanelPage> {
    const page = await browser.newPage({ viewport: { width, height }, reducedMotion: 'reduce' });
    const panel = new PanelPage(page);
    await page.goto(`${address}/?theme=${theme}`);
    return panel;
  }

  /** Says something as the host does; waits until it is drawn. */
  async send(...messages: HostMessage[]): Promise<void> {
    for (const message of messages) {
      await this.say(message);
      if ('number' in message) await this.page.locator(`#panel[data-number="${message.number}"]`).waitFor();
    }
  }

  /** Says something and waits for nothing. */
  async say(message: HostMessage): Promise<void> {
    await this.page.evaluate((sent) => (globalThis as never as PageWindow).postMessage(sent, '*'), message);
  }

  /** What the page has said to the host so far. */
  async posted(): Promise<PageMessage[]> {
    return this.page.evaluate<PageMessage[]>('window.posted');
  }

  /** What the last message of a kind was. */
  async lastPosted<Type extends PageMessage['type']>(
    type: Type,
  ): Promise<Extract<PageMessage, { type: Type }> | undefined> {
    const all = await this.posted();
    return all.filter((message) => message.type === type).at(-1) as never;
  }

  /** Until a message has come of which this holds. */
  async waitForPosted(holds: (message: PageMessage, index: number) => boolean): Promise<void> {
    await this.until(async () => (await this.posted()).some(holds));
  }

  /** Asks until it is so; the page's policy forbids asking inside it. */
  async until(isSo: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 10_000;
    while (!(await isSo())) {
      if (Date.now() > deadline) throw new Error(`Not within ten seconds: ${isSo.toString()}`);
      await this.page.evaluate('new Promise(requestAnimationFrame)');
    }
  }

  /** What axe finds, by all its rules or some, and what the security policy had to stop. */
  async faults(rules?: readonly string[]): Promise<string[]> {
    const options = { resultTypes: ['violations'], ...(rules && { runOnly: rules }) };
    const found = await this.page.evaluate<string[]>(
      `axe.run(document, ${JSON.stringify(options)}).then(({ violations }) =>
        violations.flatMap(({ id, help, nodes }) => nodes.map(({ target, failureSummary }) =>
          id + ': ' + help + ' at ' + target.join(' ') + ' ' + failureSummary)))`,
    );
    const stopped = await this.page.evaluate<string[]>('window.violations');
    return [...found, ...stopped, ...this.errors];
  }
}

interface PageWindow {
  postMessage(message: unknown, target: string): void;
}
