import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { openZip } from '../../src/backends/unpack';
import { inputError, temporaryFolder, zip } from './backends-helpers';

describe('unpacking a wheel', () => {
  const folder = temporaryFolder();

  async function unpack(
    entries: Parameters<typeof zip>[0],
    wanted = (_name: string) => true,
  ): Promise<number> {
    const file = path.join(folder.path, 'archive.whl');
    fs.writeFileSync(file, zip(entries));
    const archive = await openZip(file, wanted);
    try {
      let bytes = 0;
      await archive.unpack(path.join(folder.path, 'out'), (count) => (bytes += count));
      assert.equal(bytes, archive.size);
      return bytes;
    } finally {
      archive.close();
    }
  }

  it('writes the wanted files only, and keeps what may be executed so', async () => {
    const bytes = await unpack(
      [
        { name: 'lib/a.so', content: 'library' },
        { name: 'lib/', content: '', mode: 0o040755 },
        { name: 'bin/tool', content: 'program', mode: 0o100755 },
        { name: 'python/b.py', content: 'not wanted' },
      ],
      (name) => !name.startsWith('python/'),
    );
    assert.equal(bytes, 'library'.length + 'program'.length);
    const out = path.join(folder.path, 'out');
    assert.deepEqual(fs.readdirSync(out).sort(), ['bin', 'lib']);
    assert.equal(fs.readFileSync(path.join(out, 'lib', 'a.so'), 'utf8'), 'library');
    if (process.platform !== 'win32') {
      assert.equal(fs.statSync(path.join(out, 'bin', 'tool')).mode & 0o111, 0o111);
      assert.equal(fs.statSync(path.join(out, 'lib', 'a.so')).mode & 0o111, 0);
    }
  });

  for (const name of [
    '../outside',
    'lib/../../outside',
    '/etc/outside',
    'C:/outside',
    'lib\\..\\..\\outside',
  ]) {
    it(`refuses the name ${name}, and writes nothing`, async () => {
      const entries = [
        { name: 'lib/a.so', content: 'library' },
        { name, content: 'stranger' },
      ];
      await assert.rejects(unpack(entries), inputError(/archive\.whl is not unpacked: .*/));
      assert.deepEqual(fs.readdirSync(folder.path), ['archive.whl']);
    });
  }

  it('refuses links, wanted or not', async () => {
    const link = { name: 'lib/link', content: '/etc', mode: 0o120777 };
    await assert.rejects(
      unpack([link], (name) => name !== link.name),
      inputError(/lib\/link is a link/),
    );
    assert.deepEqual(fs.readdirSync(folder.path), ['archive.whl']);
  });

  it('does not write one file over another', async () => {
    const twice = [
      { name: 'lib/a.so', content: 'library' },
      { name: 'lib/a.so', content: 'another' },
    ];
    await assert.rejects(unpack(twice), { code: 'EEXIST' });
  });

  it('refuses what is no archive, and one cut short', async () => {
    const file = path.join(folder.path, 'broken.whl');
    fs.writeFileSync(file, 'an error page');
    await assert.rejects(
      openZip(file, () => true),
      inputError(/broken\.whl is not unpacked/),
    );
    const whole = zip([{ name: 'lib/a.so', content: 'library' }]);
    fs.writeFileSync(file, whole.subarray(0, whole.length - 4));
    await assert.rejects(
      openZip(file, () => true),
      inputError(/broken\.whl is not unpacked/),
    );
  });
});
