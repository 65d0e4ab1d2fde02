import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as http from 'node:http';
import * as https from 'node:https';
import * as net from 'node:net';
import * as path from 'node:path';
import { downloadFromIndex, linkTo } from '../../src/backends/package-index';
import type { Wheel } from '../../src/backends/pins';
import { verifySha256 } from '../../src/common/digest';
import { inputError, listen, temporaryFolder, withEnvironment } from './backends-helpers';

const file = 'tiny-1.0-py3-none-any.whl';
const content = Buffer.from('the wheel, '.repeat(20_000));
const wheel: Wheel = {
  project: 'tiny',
  version: '1.0',
  file,
  size: content.length,
  sha256: createHash('sha256').update(content).digest('hex'),
};

/** A package index on this machine, as far as each test needs one. */
describe('fetching wheels without pip', () => {
  const folder = temporaryFolder();
  const certificate = path.join(__dirname, '../fixtures/backends/localhost.crt');
  withEnvironment(() => ({
    ...Object.fromEntries(
      Object.keys(process.env).flatMap((name) =>
        /^(PIP_|https?_proxy$)/i.test(name) ? [[name, undefined]] : [],
      ),
    ),
    PIP_CONFIG_FILE: path.join(folder.path, 'none'),
    HOME: folder.path,
    REQUESTS_CA_BUNDLE: undefined,
    CURL_CA_BUNDLE: undefined,
    PIP_INDEX_URL: undefined,
    PIP_EXTRA_INDEX_URL: undefined,
    PIP_FIND_LINKS: undefined,
    PIP_NO_INDEX: undefined,
    PIP_PROXY: undefined,
    PIP_CERT: undefined,
    PIP_TRUSTED_HOST: undefined,
  }));

  let servers: net.Server[] = [];
  afterEach(() => {
    for (const server of servers) {
      if (server instanceof http.Server || server instanceof https.Server) server.closeAllConnections();
      server.close();
    }
    servers = [];
  });

  async function serve(handler: http.RequestListener): Promise<string> {
    const server = http.createServer(handler);
    servers.push(server);
    return `http://127.0.0.1:${await listen(server)}`;
  }

  /** An index in the old form, HTML, with the wheel beside its page. */
  const simpleIndex: http.RequestListener = (request, response) => {
    if (request.url === '/simple/tiny/') {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(
        `<!DOCTYPE html><a href="../../files/${file}?a=1&amp;b=2#sha256=${wheel.sha256}">${file}</a>`,
      );
    } else if (request.url === `/files/${file}?a=1&b=2`) response.end(content);
    else response.writeHead(404).end();
  };

  function fetched(): Promise<void> {
    return verifySha256(path.join(folder.path, file), wheel.sha256);
  }

  it('finds a wheel on both kinds of page', () => {
    const html = `<a class=x  href='https://a/b/other.whl'>o</a>\n<A HREF="../../p/tiny-1.0+cu12-py3.whl#sha256=00">t</A>`;
    assert.equal(
      linkTo('tiny-1.0+cu12-py3.whl', { body: html, type: 'text/html' }),
      '../../p/tiny-1.0+cu12-py3.whl#sha256=00',
    );
    const encoded = '<a href="p/tiny-1.0%2Bcu12-py3.whl">t</a>';
    assert.equal(
      linkTo('tiny-1.0+cu12-py3.whl', { body: encoded, type: 'text/html' }),
      'p/tiny-1.0%2Bcu12-py3.whl',
    );
    const json = JSON.stringify({ files: [{ url: 'x/other.whl' }, { url: `y/${file}`, hashes: {} }] });
    assert.equal(linkTo(file, { body: json, type: 'application/vnd.pypi.simple.v1+json' }), `y/${file}`);
    assert.equal(
      linkTo('absent.whl', { body: json, type: 'application/vnd.pypi.simple.v1+json' }),
      undefined,
    );
  });

  it('reads an HTML index, with progress in bytes', async () => {
    process.env.PIP_INDEX_URL = `${await serve(simpleIndex)}/simple`;
    const seen: number[] = [];
    await downloadFromIndex([wheel], folder.path, {
      onProgress: ({ stage, done, total }) => {
        assert.deepEqual({ stage, total }, { stage: 'download', total: content.length });
        seen.push(done);
      },
    });
    await fetched();
    assert.equal(seen.at(-1), content.length);
  });

  it('asks the further indexes, with the credentials in their addresses and on their host only', async () => {
    const authorizations: (string | undefined)[] = [];
    const files = await serve((request, response) => {
      authorizations.push(request.headers.authorization);
      response.end(content);
    });
    const index = await serve((request, response) => {
      if (request.headers.authorization !== `Basic ${Buffer.from('me:t@ken').toString('base64')}`) {
        response.writeHead(401).end();
        return;
      }
      assert.match(request.headers.accept!, /application\/vnd\.pypi\.simple\.v1\+json/);
      response.setHeader('content-type', 'application/vnd.pypi.simple.v1+json');
      response.end(
        JSON.stringify({ files: [{ url: `${files.replace('127.0.0.1', 'localhost')}/${file}` }] }),
      );
    });
    process.env.PIP_INDEX_URL = await serve((_request, response) => response.writeHead(404).end());
    process.env.PIP_EXTRA_INDEX_URL = index.replace('http://', 'http://me:t%40ken@');
    await downloadFromIndex([wheel], folder.path, {});
    await fetched();
    assert.deepEqual(authorizations, [undefined]);
  });

  it('takes a wheel from a folder that pip is told to look in', async () => {
    const wheels = path.join(folder.path, 'wheels');
    fs.mkdirSync(wheels);
    fs.writeFileSync(path.join(wheels, file), content);
    process.env.PIP_FIND_LINKS = wheels;
    process.env.PIP_NO_INDEX = '1';
    await downloadFromIndex([wheel], folder.path, {});
    await fetched();
  });

  it('goes on with a transfer that broke off', async () => {
    const ranges: (string | undefined)[] = [];
    const half = content.length / 2;
    process.env.PIP_INDEX_URL = `${await serve((request, response) => {
      if (!request.url!.startsWith('/files/')) {
        simpleIndex(request, response);
        return;
      }
      ranges.push(request.headers.range);
      const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
      response.writeHead(start > 0 ? 206 : 200, { 'content-length': content.length - start });
      if (start > 0) response.end(content.subarray(start));
      else {
        response.write(content.subarray(0, half));
        const cut = setInterval(() => {
          const { size = 0 } = fs.statSync(path.join(folder.path, file), { throwIfNoEntry: false }) ?? {};
          if (size === 0) return;
          clearInterval(cut);
          response.destroy();
        }, 5);
      }
    })}/simple`;
    let done = 0;
    await downloadFromIndex([wheel], folder.path, { onProgress: (progress) => (done = progress.done) });
    await fetched();
    assert.equal(ranges[0], undefined);
    assert.match(ranges[1]!, /^bytes=[1-9]\d*-$/);
    assert.equal(done, content.length);
  });

  it('goes through the proxy that pip is set to', async () => {
    const port = new URL(await serve(simpleIndex)).port;
    const asked: string[] = [];
    const proxy = http.createServer();
    servers.push(proxy);
    proxy.on('connect', (request: http.IncomingMessage, socket: net.Socket) => {
      asked.push(request.url!);
      const onward = net.connect(Number(port), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        onward.pipe(socket);
        socket.pipe(onward);
      });
      socket.on('error', () => onward.destroy());
      onward.on('error', () => socket.destroy());
    });
    process.env.PIP_PROXY = `http://127.0.0.1:${await listen(proxy)}`;
    // Resolved by nobody but the proxy.
    process.env.PIP_INDEX_URL = 'http://index.invalid/simple';
    await downloadFromIndex([wheel], folder.path, {});
    await fetched();
    assert.ok(asked.includes('index.invalid:80'));
  });

  it("trusts the certificates and the hosts that pip trusts, and no others'", async () => {
    const key = fs.readFileSync(certificate.replace(/crt$/, 'key'));
    const server = https.createServer({ key, cert: fs.readFileSync(certificate) }, simpleIndex);
    servers.push(server);
    const port = await listen(server);
    process.env.PIP_INDEX_URL = `https://localhost:${port}/simple`;
    process.env.PIP_CERT = certificate;
    await downloadFromIndex([wheel], folder.path, {});
    await fetched();
    delete process.env.PIP_CERT;
    process.env.PIP_TRUSTED_HOST = 'localhost';
    await downloadFromIndex([wheel], folder.path, {});
    process.env.PIP_TRUSTED_HOST = 'other.example';
    await assert.rejects(
      downloadFromIndex([wheel], folder.path, {}),
      inputError(new RegExp(`^localhost:${port} cannot be reached or refuses: .*certificate`)),
    );
  });

  it('says which index lacks a wheel, which host refuses, and which cannot be reached', async () => {
    const empty = await serve((_request, response) => response.writeHead(404).end());
    process.env.PIP_INDEX_URL = empty;
    await assert.rejects(
      downloadFromIndex([wheel], folder.path, {}),
      inputError(new RegExp(`${file} is not on ${new URL(empty).host}`)),
    );
    const closed = await serve((_request, response) => response.writeHead(403, 'Forbidden').end());
    process.env.PIP_INDEX_URL = closed;
    await assert.rejects(downloadFromIndex([wheel], folder.path, {}), inputError(/it answers 403 Forbidden/));
    process.env.PIP_NO_INDEX = '1';
    await assert.rejects(downloadFromIndex([wheel], folder.path, {}), inputError(/pip is set to use none/));
  });

  it('refuses a file with another hash', async () => {
    fs.writeFileSync(path.join(folder.path, file), content.subarray(1));
    await assert.rejects(fetched(), inputError(/its hash is [0-9a-f]{64}, expected [0-9a-f]{64}/));
  });

  it('stops when told to', async () => {
    const stop = new AbortController();
    process.env.PIP_INDEX_URL = `${await serve((request, response) => {
      if (request.url!.startsWith('/files/')) {
        response.write(content.subarray(0, 1000));
        // And never ends.
      } else simpleIndex(request, response);
    })}/simple`;
    const reason = new Error('enough');
    await assert.rejects(
      downloadFromIndex([wheel], folder.path, { signal: stop.signal, onProgress: () => stop.abort(reason) }),
      (error) => error === reason || (error as Error).name === 'AbortError',
    );
  });
});
