import assert from 'node:assert/strict';
import * as os from 'node:os';
import * as path from 'node:path';
import { retortHome } from '../../src/common/home';

describe("the machine's own folder", () => {
  const home = process.env.HOME;

  afterEach(() => {
    if (home === undefined) delete process.env.HOME;
    else process.env.HOME = home;
  });

  it('is what RETORT_HOME says', () => {
    assert.equal(retortHome({ RETORT_HOME: 'mine' }), path.resolve('mine'));
  });

  it('is in the cache folder, by the XDG specification', function () {
    if (process.platform !== 'linux') this.skip();
    assert.equal(retortHome({ XDG_CACHE_HOME: '/cache' }), '/cache/retort');
    for (const ignored of ['', 'relative']) {
      assert.equal(retortHome({ XDG_CACHE_HOME: ignored }), path.join(os.homedir(), '.cache', 'retort'));
    }
  });

  it("is the user's where HOME is empty", function () {
    if (process.platform !== 'linux') this.skip();
    process.env.HOME = '';
    assert.equal(retortHome({ HOME: '' }), path.join(os.userInfo().homedir, '.cache', 'retort'));
  });
});
