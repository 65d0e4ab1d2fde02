import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { packageRoot } from '../../src/common/files';
import { features } from '../../src/extension/contributions';
import { contributes } from '../../src/extension/setup/contributions';
import { diskUse } from '../../src/extension/setup/disk-use';
import { copySampleProject } from '../../src/extension/setup/sample-project';

describe('setting up', () => {
  let folder: string;

  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), 'retort-setup-'))));
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  function write(file: string, bytes: number): void {
    fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    fs.writeFileSync(path.join(folder, file), Buffer.alloc(bytes));
  }

  describe('the sample project', () => {
    it('is copied whole into a new folder', async () => {
      const parent = path.join(folder, 'new');
      const project = await copySampleProject(parent);
      assert.equal(project, path.join(parent, 'retort-sample'));
      const source = path.join(packageRoot(), 'examples', 'sample');
      const names = (root: string): string[] =>
        fs.readdirSync(root, { recursive: true, encoding: 'utf8' }).sort();
      assert.deepEqual(names(project), names(source));
      assert.deepEqual(fs.readdirSync(parent), ['retort-sample']);
    });

    it('is never written over what is there', async () => {
      write('retort-sample/mine.ts', 3);
      write('retort-sample-2', 0);
      assert.equal(await copySampleProject(folder), path.join(folder, 'retort-sample-3'));
      assert.deepEqual(fs.readdirSync(path.join(folder, 'retort-sample')), ['mine.ts']);
      assert.deepEqual(fs.readdirSync(folder).sort(), [
        'retort-sample',
        'retort-sample-2',
        'retort-sample-3',
      ]);
    });

    it('gets two names when it is copied twice at once', async () => {
      const projects = await Promise.all([copySampleProject(folder), copySampleProject(folder)]);
      assert.deepEqual(projects.map((project) => path.basename(project)).sort(), [
        'retort-sample',
        'retort-sample-2',
      ]);
      for (const project of projects) assert.ok(fs.existsSync(path.join(project, 'models', 'resnet.ts')));
    });

    it('leaves nothing where it cannot be written', async () => {
      write('file', 0);
      await assert.rejects(copySampleProject(path.join(folder, 'file')), /EEXIST|ENOTDIR/);
      assert.deepEqual(fs.readdirSync(folder), ['file']);
    });
  });

  describe('disk use', () => {
    it('tells what lies on the machine and in the workspace, the largest first', async () => {
      write('home/backends/cpu-2.21.0/libtensorflow.so', 5000);
      write('home/backends/.cpu-lock/holder.json', 77);
      write('home/datasets/mnist-1.0.0/train', 300);
      write('home/datasets/mnist-1.0.0/test', 100);
      write('home/natives/esbuild-0.1.0/node_modules/esbuild/bin', 200);
      write('project/.retort/runs/a/checkpoints/1/weights', 4000);
      write('project/.retort/trash/b/run.json', 10);
      const uses = await diskUse([path.join(folder, 'project', '.retort')], path.join(folder, 'home'));
      assert.deepEqual(
        uses.map(({ kind, name, bytes }) => [kind, name, bytes]),
        [
          ['backend', 'cpu-2.21.0', 5000],
          ['runs', 'project', 4000],
          ['data', 'mnist-1.0.0', 400],
          ['natives', 'natives', 200],
          ['trash', 'project', 10],
        ],
      );
      assert.equal(uses[0]!.folder, path.join(folder, 'home', 'backends', 'cpu-2.21.0'));
    });

    it('does not follow links out of a folder', async () => {
      write('outside/large', 9000);
      write('home/natives/one', 5);
      fs.symlinkSync(path.join(folder, 'outside'), path.join(folder, 'home', 'natives', 'link'));
      const [natives] = await diskUse([], path.join(folder, 'home'));
      assert.ok(natives!.bytes < 9000, String(natives!.bytes));
    });

    it('is empty on a new machine', async () => {
      assert.deepEqual(await diskUse([path.join(folder, 'none')], path.join(folder, 'home')), []);
    });
  });

  describe('the walkthrough', () => {
    const { steps } = contributes.walkthroughs[0];

    it('offers commands that there are', () => {
      const known = features.flatMap((feature): readonly { readonly command: string }[] =>
        'commands' in feature ? feature.commands : [],
      );
      for (const { id, description, completionEvents } of steps) {
        const named = [description, ...completionEvents].flatMap((text) => [
          ...text.matchAll(/(?:command:|onCommand:)(retort\.\w+)/g),
        ]);
        assert.ok(named.length > 0, id);
        for (const [, name] of named)
          assert.ok(
            known.some(({ command }) => command === name),
            name,
          );
      }
    });

    it('has pictures in the colours of the theme, without styles, which its page does not allow', () => {
      for (const { media } of steps) {
        const picture = fs.readFileSync(path.join(packageRoot(), media.svg), 'utf8');
        assert.match(picture, /fill="var\(--vscode-/);
        assert.doesNotMatch(picture, /<style|style=|class=|<script/);
      }
    });
  });
});
