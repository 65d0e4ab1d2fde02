import * as path from 'node:path';
import Mocha from 'mocha';
import { SUITE_BEGINS } from './output';

/** What VS Code calls in its extension host: runs the suite, and throws where a test failed. */
export async function run(): Promise<void> {
  process.setSourceMapsEnabled(true);
  console.log(SUITE_BEGINS);
  const mocha = new Mocha({ timeout: 60_000, forbidOnly: true, color: false });
  const { RETORT_TEST_GREP } = process.env;
  if (RETORT_TEST_GREP) mocha.grep(new RegExp(RETORT_TEST_GREP));
  mocha.addFile(path.join(__dirname, 'suite.js'));
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} failed`);
}
