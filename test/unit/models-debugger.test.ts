import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as inspector from 'node:inspector';
import * as os from 'node:os';
import * as path from 'node:path';
import { bundleModule } from '../../src/engine/models/bundle';

describe('a model file under a debugger', () => {
  it('is found by the map that its script carries', async () => {
    const workspace = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'retort-debugger-')));
    const file = path.join(workspace, 'model.ts');
    fs.writeFileSync(file, 'export const width: number = 8;\n');
    const session = new inspector.Session();
    inspector.open(0, '127.0.0.1');
    try {
      session.connect();
      const maps: string[] = [];
      session.on('Debugger.scriptParsed', ({ params }) => {
        if (params.url.endsWith('/bundle.cjs')) maps.push(params.sourceMapURL ?? '');
      });
      session.post('Debugger.enable');
      assert.equal((await bundleModule(file, workspace)).evaluate().width, 8);
      const [, encoded] = /^data:application\/json;base64,(.*)$/.exec(maps.at(-1) ?? '') ?? [];
      const { sources } = JSON.parse(Buffer.from(encoded ?? '', 'base64').toString()) as {
        sources: string[];
      };
      assert.deepEqual(sources, ['model.ts']);
    } finally {
      session.disconnect();
      inspector.close();
      fs.rmSync(workspace, { recursive: true });
    }
  });
});
