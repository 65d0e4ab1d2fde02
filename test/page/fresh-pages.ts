import assert from 'node:assert/strict';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../../scripts/vscode/browser';
import { setUpTools } from '../../scripts/vscode/tools';
import { PanelPage, servePanel } from './panel-page';

/** A browser and the page's server for the tests of a suite, a fresh page before each; a fault of the page fails its test. */
export function freshPages(): { readonly panel: PanelPage } {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof servePanel>>;
  const fresh = {} as { panel: PanelPage };

  before(async () => {
    browser = await openBrowser(await setUpTools());
    server = await servePanel();
  });
  after(async () => {
    await browser.close();
    await server.stop();
  });
  beforeEach(async () => {
    fresh.panel = await PanelPage.open(browser, server.address);
  });
  afterEach(async () => {
    const faults = fresh.panel.errors;
    await fresh.panel.page.close();
    assert.deepEqual(faults, []);
  });
  return fresh;
}
