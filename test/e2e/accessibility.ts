import axe from 'axe-core';
import type { Frame, Page } from 'playwright-core';

/** What axe finds in the panel that is shown: a line for each element, empty where there is nothing. */
export async function accessibilityFindings(page: Page): Promise<string[]> {
  const frame = await panelFrame(page);
  // Through the debugger's protocol: the page's own content security policy allows no such script.
  await frame.evaluate(axe.source);
  const { violations } = await frame.evaluate(() =>
    (globalThis as unknown as { axe: typeof axe }).axe.run({ exclude: [['#_defaultStyles']] }),
  );
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html}: ${failureSummary ?? ''}`),
  );
}

/** The panel's own page, inside the webview's two frames. */
export async function panelFrame(page: Page): Promise<Frame> {
  const outer = await page.locator('iframe.webview.ready:visible').last().elementHandle();
  const inner = await (await outer.contentFrame())!.waitForSelector('iframe#active-frame');
  return (await inner.contentFrame())!;
}
