import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { readPipConfig } from '../../src/backends/pip-config';
import { temporaryFolder, withEnvironment } from './backends-helpers';

describe("reading the user's pip configuration", () => {
  const folder = temporaryFolder();
  const file = () => path.join(folder.path, 'pip.conf');
  withEnvironment(() => ({
    // Nothing of this machine's own.
    ...Object.fromEntries(
      Object.keys(process.env).flatMap((name) => (/^PIP_/.test(name) ? [[name, undefined]] : [])),
    ),
    HOME: folder.path,
    USERPROFILE: folder.path,
    APPDATA: folder.path,
    XDG_CONFIG_HOME: path.join(folder.path, 'config'),
    XDG_CONFIG_DIRS: path.join(folder.path, 'system'),
    VIRTUAL_ENV: undefined,
    PIP_CONFIG_FILE: file(),
  }));

  it("asks the public index where nothing is set, and pip's two variables for certificates", () => {
    const { indexes, findLinks, proxy, trustedHosts } = readPipConfig({ PIP_CONFIG_FILE: os.devNull });
    assert.deepEqual(
      { indexes, findLinks, proxy, trustedHosts },
      { indexes: ['https://pypi.org/simple'], findLinks: [], proxy: undefined, trustedHosts: [] },
    );
    const certificates = (environment: NodeJS.ProcessEnv) => readPipConfig(environment).certificates;
    assert.equal(
      certificates({ PIP_CONFIG_FILE: os.devNull, REQUESTS_CA_BUNDLE: 'a', CURL_CA_BUNDLE: 'b' }),
      'a',
    );
    assert.equal(certificates({ PIP_CONFIG_FILE: os.devNull, CURL_CA_BUNDLE: 'b' }), 'b');
  });

  it('reads sections, several lines to a value, comments and either spelling of a name', () => {
    fs.writeFileSync(
      file(),
      [
        '# our mirror',
        '[global]',
        'index-url = https://mirror.example/simple/',
        'extra-index-url =',
        '    https://one.example/simple',
        '    # not this one',
        '    https://two.example/simple',
        'trusted_host: one.example two.example:8443',
        'proxy = http://user:p=w@proxy.example:3128',
        '[download]',
        'cert = /etc/mirror.pem',
        '[install]',
        'index-url = https://not-for-downloads.example/',
        '',
      ].join('\n'),
    );
    assert.deepEqual(readPipConfig(), {
      indexes: ['https://mirror.example/simple/', 'https://one.example/simple', 'https://two.example/simple'],
      findLinks: [],
      proxy: 'http://user:p=w@proxy.example:3128',
      certificates: '/etc/mirror.pem',
      trustedHosts: ['one.example', 'two.example:8443'],
    });
  });

  it("lets a command's own section count more than [global], and a variable more than both", () => {
    fs.writeFileSync(
      file(),
      '[download]\nproxy = http://own:1\n[global]\nproxy = http://global:1\ncert = named.pem\n',
    );
    assert.equal(readPipConfig().proxy, 'http://own:1');
    process.env.PIP_PROXY = 'http://variable:1';
    process.env.PIP_NO_INDEX = '1';
    process.env.PIP_FIND_LINKS = '/wheels https://page.example/wheels';
    const config = readPipConfig();
    assert.equal(config.proxy, 'http://variable:1');
    assert.equal(config.certificates, 'named.pem');
    assert.deepEqual(config.indexes, []);
    assert.deepEqual(config.findLinks, ['/wheels', 'https://page.example/wheels']);
    delete process.env.PIP_PROXY;
    delete process.env.PIP_NO_INDEX;
    delete process.env.PIP_FIND_LINKS;
  });

  for (const isNamed of [false, true]) {
    it(`reads what pip itself reads, ${isNamed ? 'with' : 'without'} a file named by PIP_CONFIG_FILE`, function () {
      const listed = (): Record<string, string> => {
        const { stdout, status } = spawnSync('python3', ['-m', 'pip', 'config', 'list'], {
          encoding: 'utf8',
        });
        if (status !== 0) this.skip();
        const lines = [...stdout.matchAll(/^global\.(\S+)='(.*)'$/gm)];
        return Object.fromEntries(lines.map(([, key, value]) => [key!, value!.replaceAll('\\n', '\n')]));
      };
      if (!isNamed) delete process.env.PIP_CONFIG_FILE;
      for (const [name, text] of [
        ['system/pip/pip.conf', '[global]\nindex-url = https://system.example\nproxy = http://system:1\n'],
        ['.pip/pip.conf', '[global]\nindex_url = https://legacy.example\nextra-index-url: https://legacy\n'],
        ['config/pip/pip.conf', '[global]\nindex-url = https://user.example\ntrusted-host = a\n  b\n'],
        ['pip.conf', '[global]\nextra-index-url = https://a.example\n   https://b.example\n'],
      ] as const) {
        const target = path.join(folder.path, name);
        fs.mkdirSync(path.dirname(target), { recursive: true });
        fs.writeFileSync(target, text);
      }
      const pip = listed();
      assert.ok(pip['extra-index-url']);
      const config = readPipConfig();
      assert.deepEqual(config.indexes, [pip['index-url'], ...pip['extra-index-url'].split('\n')]);
      assert.deepEqual(config.trustedHosts, pip['trusted-host']?.split('\n') ?? []);
      assert.equal(config.proxy, pip.proxy);
    });
  }
});
