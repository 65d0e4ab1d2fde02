// npm run test:electron [-- --grep PATTERN]: the same suite in VS Code itself, which @vscode/test-electron downloads.
// Needs that download and a display (on a server: xvfb-run -a npm run test:electron).
import { runTests } from '@vscode/test-electron';
import { parseArgs } from 'node:util';
import { packageRoot } from '../../src/common/files';
import { bundleSuite } from './bundle';
import { makeSampleWorkspace, removeWorkspace } from './sample-workspace';

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { grep: { type: 'string', short: 'g', default: '' } } });
  const workspace = await makeSampleWorkspace();
  try {
    return await runTests({
      extensionDevelopmentPath: packageRoot(),
      extensionTestsPath: await bundleSuite(),
      extensionTestsEnv: { RETORT_TEST_GREP: values.grep },
      launchArgs: [workspace, '--disable-extensions', '--disable-workspace-trust', '--skip-welcome'],
    });
  } finally {
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
