import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { parseRecipe } from '../../src/recipe/parse';
import { RecipeError } from '../../src/recipe/problem';
import { resolveRecipe } from '../../src/recipe/resolve';
import { findWorkspace } from '../../src/recipe/workspace';
import { catalogue } from '../fixtures/recipes/catalogue';
import { valid } from '../fixtures/recipes/valid';

describe('resolving a recipe', () => {
  let root: string;
  let workspace: string;
  let file: string;

  beforeEach(() => {
    root = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'retort-recipe-')));
    workspace = path.join(root, 'work');
    file = path.join(workspace, 'recipes', 'r.distill.json');
    for (const made of ['work/recipes', 'work/models', 'work/images', 'elsewhere/images']) {
      fs.mkdirSync(path.join(root, made), { recursive: true });
    }
    for (const made of ['work/models/resnet.ts', 'work/teacher/model.json', 'elsewhere/net.ts']) {
      fs.mkdirSync(path.dirname(path.join(root, made)), { recursive: true });
      fs.writeFileSync(path.join(root, made), '');
    }
  });
  afterEach(() => fs.rmSync(root, { recursive: true }));

  const resolve = (...overrides: string[]) =>
    resolveRecipe(parseRecipe(valid.replace('models/', '../models/'), { file, catalogue, overrides }), {
      workspace,
    });
  const refusal = (...overrides: string[]): string => {
    try {
      resolve(...overrides);
    } catch (error) {
      assert.ok(error instanceof RecipeError);
      return error.message;
    }
    return assert.fail('The recipe was taken.');
  };

  it('makes paths relative to the workspace', () => {
    const recipe = resolve(
      'student.model=../models/resnet.ts#resnet8',
      'student.args=',
      'student.weights=../teacher/model.json',
      'data.source={"format":"image-folder","path":"../images"}',
    );
    assert.equal(recipe.teacher?.model, 'models/resnet.ts#resnet20');
    assert.equal(recipe.teacher?.weights, 'run:20261122-101500-k3f9/best');
    assert.equal(recipe.student.model, 'models/resnet.ts#resnet8');
    assert.equal(recipe.student.weights, 'teacher/model.json');
    assert.deepEqual(recipe.data.source, { format: 'image-folder', path: 'images', size: 224 });
  });

  it('leaves names and runs as they are', () => {
    const recipe = resolve('student.weights=run:20261122-101500-k3f9');
    assert.equal(recipe.student.model, 'builtin:resnet8');
    assert.equal(recipe.student.weights, 'run:20261122-101500-k3f9');
    assert.deepEqual(recipe.data.source, { format: 'fashion-mnist' });
  });

  it('resolves a resolved recipe to itself', () => {
    const once = resolve('data.source={"format":"image-folder","path":"../images"}');
    const copy = path.join(workspace, 'copy.json');
    const twice = resolveRecipe(parseRecipe(JSON.stringify(once), { file: copy, catalogue }), { workspace });
    assert.deepEqual(twice, once);
  });

  it('takes data from anywhere, and then keeps the absolute path', () => {
    const images = path.join(root, 'elsewhere', 'images');
    const recipe = resolve(`data.source={"format":"image-folder","path":"../../elsewhere/images"}`);
    assert.equal(recipe.data.source.path, images);
  });

  it('refuses code outside the workspace, also behind a link', () => {
    const outside = `code must lie in the workspace ${workspace}; copy it there, or start from a folder that holds both`;
    assert.equal(
      refusal('student.model=../../elsewhere/net.ts#net'),
      `student.model: ${outside} (--set student.model=../../elsewhere/net.ts#net)`,
    );
    fs.symlinkSync(path.join(root, 'elsewhere', 'net.ts'), path.join(workspace, 'models', 'link.ts'));
    assert.match(refusal('student.model=../models/link.ts#net'), /must lie in the workspace/);
    assert.match(
      refusal('data.source={"format":"module","path":"../../elsewhere/net.ts"}'),
      /^data\.source\.path: code must lie in the workspace/,
    );
  });

  it('takes a folder whose name starts with two dots for what it is', () => {
    fs.mkdirSync(path.join(workspace, '..models'));
    fs.writeFileSync(path.join(workspace, '..models', 'a.ts'), '');
    assert.equal(resolve('student.model=../..models/a.ts#net').student.model, '..models/a.ts#net');
  });

  it('names files that do not exist, all at once and with the nearest', () => {
    fs.renameSync(path.join(workspace, 'models/resnet.ts'), path.join(workspace, 'models/resnets.ts'));
    assert.deepEqual(refusal('data.source={"format":"image-folder","path":"../imagse"}').split('\n'), [
      `data.source.path: there is no file or folder ${path.join(workspace, 'imagse')}; did you mean "images"? (--set data.source={"format":"image-folder","path":"../imagse"})`,
      `teacher.model: there is no file ${path.join(workspace, 'models', 'resnet.ts')}; did you mean "resnets.ts"? (${file}, line 8)`,
    ]);
  });

  it('refuses a path that no system has', () => {
    const message = refusal('student.model="../models/a\\u0000b.ts#net"');
    assert.match(message, /^student\.model: there is no file /);
  });

  it('refuses a folder where a file should be', () => {
    assert.match(refusal('student.model=../models#net'), /^student\.model: .*models is no file \(/);
  });

  it('finds the workspace: the nearest folder above with .retort, else the working folder', () => {
    assert.equal(
      findWorkspace(path.dirname(file), path.join(root, 'elsewhere')),
      path.join(root, 'elsewhere'),
    );
    fs.mkdirSync(path.join(workspace, '.retort'));
    assert.equal(findWorkspace(path.dirname(file), path.join(root, 'elsewhere')), workspace);
    fs.writeFileSync(path.join(workspace, 'recipes', '.retort'), 'a file is no such folder');
    assert.equal(findWorkspace(path.dirname(file), root), workspace);
  });
});
