import * as assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { packageRoot } from '../../src/common/files';

describe("the example of a training loop of one's own", () => {
  let folder: string;

  before(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'retort-own-loop-'));
    // As npm would install the package: the built one, found by its name.
    fs.mkdirSync(path.join(folder, 'node_modules'));
    fs.symlinkSync(packageRoot(), path.join(folder, 'node_modules', 'retort'), 'junction');
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  it('runs as printed, and the student learns', () => {
    const page = fs.readFileSync(path.join(packageRoot(), 'docs', 'own-loop.md'), 'utf8');
    const [, example] = /```js\n(.*?)```/s.exec(page)!;
    const file = path.join(folder, 'loop.js');
    fs.writeFileSync(file, example!);

    const output = execFileSync(process.execPath, [file], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const accuracy = (of: string): number => Number(new RegExp(`^${of} (.*)$`, 'm').exec(output)![1]);
    assert.ok(accuracy('teacher') > 0.9, output);
    assert.ok(accuracy('student before') < 0.5, output);
    assert.ok(accuracy('student after') > 0.8, output);
  });
});
