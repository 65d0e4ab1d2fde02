import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as path from 'node:path';
import { spawn } from 'node:child_process';
import * as tar from 'tar';
import { readNpmConfig } from '../../src/common/npm-config';
import { downloadNpmPackage, type NpmPackage } from '../../src/common/npm-package';
import { inputError, listen, temporaryFolder, withEnvironment } from './backends-helpers';

describe('fetching an npm package', () => {
  const folder = temporaryFolder();
  withEnvironment(() => ({
    ...Object.fromEntries(
      Object.keys(process.env).flatMap((name) => (/^npm_config_/i.test(name) ? [[name, undefined]] : [])),
    ),
    HOME: folder.path,
    USERPROFILE: folder.path,
    npm_config_cache: path.join(folder.path, 'cache'),
    npm_config_registry: undefined,
  }));

  let registry: http.Server;
  let wanted: NpmPackage;
  let requests: http.IncomingMessage[];

  beforeEach(async () => {
    const content = path.join(folder.path, 'content');
    fs.mkdirSync(path.join(content, 'package'), { recursive: true });
    fs.writeFileSync(path.join(content, 'package', 'package.json'), '{"name":"@tiny/one","version":"1.0.0"}');
    fs.writeFileSync(
      path.join(folder.path, '.npmrc'),
      '; ours\n//127.0.0.1:PORT/npm/:_authToken=${TINY_TOKEN}\n',
    );
    const file = path.join(folder.path, 'one.tgz');
    await tar.create({ gzip: true, cwd: content, file }, ['package']);
    const tarball = fs.readFileSync(file);
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    wanted = { name: '@tiny/one', version: '1.0.0', integrity };
    requests = [];
    registry = http.createServer((request, response) => {
      requests.push(request);
      const base = `http://${request.headers.host}`;
      const version = {
        name: wanted.name,
        version: '1.0.0',
        dist: { tarball: `${base}/npm/f/one.tgz`, integrity },
      };
      if (request.headers.authorization !== 'Bearer secret') response.writeHead(401).end('{}');
      else if (/^\/npm\/@tiny%2fone$/i.test(request.url!)) {
        response.end(
          JSON.stringify({
            name: wanted.name,
            'dist-tags': { latest: '1.0.0' },
            versions: { '1.0.0': version },
          }),
        );
      } else if (/^\/npm\/@tiny%2fone\/1\.0\.0$/i.test(request.url!)) response.end(JSON.stringify(version));
      else if (request.url === '/npm/f/one.tgz') response.end(tarball);
      else response.writeHead(404).end('{}');
    });
    const port = await listen(registry);
    const configuration = path.join(folder.path, '.npmrc');
    fs.writeFileSync(
      configuration,
      `${fs.readFileSync(configuration, 'utf8').replace('PORT', String(port))}registry = "http://127.0.0.1:${port}/npm"\n`,
    );
    process.env.TINY_TOKEN = 'secret';
  });

  afterEach(() => {
    registry.closeAllConnections();
    registry.close();
    delete process.env.TINY_TOKEN;
  });

  function target(): string {
    const made = path.join(folder.path, 'target');
    fs.mkdirSync(made, { recursive: true });
    return made;
  }

  it("goes through the user's npm and its configuration", async () => {
    const tarball = await downloadNpmPackage(wanted, target());
    assert.equal(path.dirname(tarball), target());
    assert.match(requests[0]!.headers['user-agent'] ?? '', /^npm\//);
  });

  /** In a process that has no npm: not beside its Node, not on its PATH. */
  async function withoutNpm(integrity: string): Promise<{ code: number | null; printed: string }> {
    const node = path.join(folder.path, 'bin', path.basename(process.execPath));
    fs.mkdirSync(path.dirname(node));
    fs.copyFileSync(process.execPath, node);
    const child = spawn(
      node,
      [
        '--require',
        'tsx/cjs',
        '--eval',
        `require('./src/common/npm-package.ts').downloadNpmPackage(${JSON.stringify({ ...wanted, integrity })}, ${JSON.stringify(target())})
          .then((file) => console.log(file), (error) => { console.log(error.message); process.exitCode = 1; });`,
      ],
      {
        cwd: path.join(__dirname, '../..'),
        env: { ...process.env, PATH: path.dirname(node), npm_execpath: '' },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
    const [code] = (await once(child, 'close')) as [number | null];
    return { code, printed: printed.trim() };
  }

  it('asks the configured registry itself where there is no npm', async () => {
    const { code, printed } = await withoutNpm(wanted.integrity);
    assert.equal(code, 0, printed);
    assert.equal(printed, path.join(target(), 'package.tgz'));
    assert.doesNotMatch(requests[0]!.headers['user-agent'] ?? '', /^npm\//);
    assert.equal(requests.length, 2);
  });

  it('refuses a tarball with another hash, either way', async () => {
    const other = `sha512-${createHash('sha512').update('other').digest('base64')}`;
    await assert.rejects(
      downloadNpmPackage({ ...wanted, integrity: other }, target()),
      inputError(/its hash is sha512-/),
    );
    assert.match((await withoutNpm(other)).printed, /its hash is sha512-/);
  });

  it('says what npm says', async () => {
    const absent = { ...wanted, version: '2.0.0' };
    await assert.rejects(
      downloadNpmPackage(absent, target()),
      inputError(/npm could not fetch @tiny\/one 2\.0\.0: .*(ETARGET|notarget)/),
    );
  });

  it("gives the registry's token to the registry alone", () => {
    const { registry: address, headersFor } = readNpmConfig();
    assert.deepEqual(headersFor(`${address}@tiny%2fone`), { authorization: 'Bearer secret' });
    assert.deepEqual(headersFor('http://127.0.0.1/npm/f/one.tgz'), {});
    assert.deepEqual(headersFor('https://elsewhere.example/npm/'), {});
  });
});
