import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { experimentNames } from '../../src/extension/common/experiment-names';
import { folderNames } from '../../src/extension/common/folder-names';
import { lookAt, makeRun, readableOf } from './extension-runs-helpers';
import { temporaryRetortFolder } from './runs-helpers';

describe('windows with several folders', () => {
  const namesOf = (...folders: string[]): string[] => {
    const retortFolders = folders.map((folder) => path.join(path.sep, ...folder.split('/'), '.retort'));
    return [...folderNames(retortFolders).values()];
  };

  it('call them by their own names', () => {
    assert.deepEqual(namesOf('home/first', 'home/second'), ['first', 'second']);
    assert.deepEqual(namesOf('home/first', 'home/first'), ['first']);
  });

  it('tell those that are called alike by what is above them', () => {
    assert.deepEqual(namesOf('a/models', 'b/models', 'c/other'), ['a/models', 'b/models', 'other']);
    assert.deepEqual(namesOf('a/x/models', 'b/x/models'), ['a/x/models', 'b/x/models']);
    assert.deepEqual(namesOf('a/models', 'b/a/models'), ['/a/models', 'b/a/models']);
  });

  it('name an experiment with its folder only where there are runs of several', async () => {
    const retort = temporaryRetortFolder();
    try {
      const [first, second] = ['first', 'second'].map((name) => path.join(retort.folder, '..', name));
      for (const folder of [first!, second!]) fs.mkdirSync(folder);
      const inFirst = path.join(first!, '.retort');
      const inSecond = path.join(second!, '.retort');
      await makeRun(inFirst, { name: 'demo' });
      const alone = readableOf(await lookAt(inFirst, inSecond));
      assert.deepEqual(alone.map(experimentNames(alone)), ['demo']);
      await makeRun(inSecond, { name: 'demo' });
      const both = readableOf(await lookAt(inFirst, inSecond));
      assert.deepEqual(both.map(experimentNames(both)).sort(), ['first / demo', 'second / demo']);
    } finally {
      retort.remove();
    }
  });
});
