// npm run test:extension [-- --grep PATTERN]: the suite inside the extension host of a real VS Code, the one in
// code-server, with the workbench in Chromium.
import { parseArgs } from 'node:util';
import { packageRoot } from '../../src/common/files';
import { newPage, openBrowser, workbenchAddress } from '../../scripts/vscode/browser';
import { startServer } from '../../scripts/vscode/server';
import { setUpTools } from '../../scripts/vscode/tools';
import { bundleSuite } from './bundle';
import { SUITE_BEGINS } from './output';
import { makeSampleWorkspace, removeWorkspace } from './sample-workspace';

/** Milliseconds that the whole suite may take. */
const LIMIT = 15 * 60_000;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { grep: { type: 'string', short: 'g', default: '' } } });
  const [tools, testsPath, workspace] = await Promise.all([
    setUpTools(),
    bundleSuite(),
    makeSampleWorkspace(),
  ]);
  const server = await startServer(tools, { environment: { RETORT_TEST_GREP: values.grep } });
  const browser = await openBrowser(tools);
  try {
    const page = await newPage(browser);
    // The names that VS Code's own browser tests call.
    let begun = false;
    await page.exposeFunction('codeAutomationLog', (_type: string, parts: unknown[]) => {
      if (begun) console.log(...parts);
      begun ||= parts[0] === SUITE_BEGINS;
    });
    const exit = new Promise<number>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`The suite took longer than ${LIMIT / 60_000} minutes`)),
        LIMIT,
      );
      const end = (code: number): void => {
        clearTimeout(timer);
        resolve(code);
      };
      void page.exposeFunction('codeAutomationExit', end);
    });
    await page.goto(
      workbenchAddress(server, { opened: workspace, developmentPath: packageRoot(), testsPath }),
    );
    return await exit;
  } finally {
    await browser.close();
    await server.stop();
    await removeWorkspace(workspace);
  }
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
