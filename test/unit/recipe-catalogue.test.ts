import * as assert from 'node:assert/strict';
import { catalogueAugmentations } from '../../src/data/augment/augmentations';
import { catalogueFormats } from '../../src/data/formats';
import { catalogueMethods } from '../../src/engine/methods/registry';
import { catalogueNetworks } from '../../src/engine/models/networks';
import type { Catalogue } from '../../src/recipe/catalogue';
import { parseRecipe } from '../../src/recipe/parse';
import { RecipeError } from '../../src/recipe/problem';

describe('what is registered', () => {
  // As it comes out of the file that the build writes.
  const catalogue = JSON.parse(
    JSON.stringify({
      methods: catalogueMethods(),
      networks: catalogueNetworks(),
      formats: catalogueFormats(),
      augmentations: catalogueAugmentations(),
    }),
  ) as Catalogue;

  const parse = (changes: object) => {
    const recipe = {
      name: 'x',
      data: { source: 'fashion-mnist' },
      teacher: { model: 'builtin:resnet20', weights: 'run:20261122-101500-k3f9' },
      student: { model: 'builtin:resnet8' },
      train: { epochs: 1, optimizer: { type: 'sgd', lr: 0.1 } },
      ...changes,
    };
    return parseRecipe(JSON.stringify(recipe), { file: 'r.distill.json', catalogue }).recipe;
  };
  const refuses = (changes: object, path: string) =>
    assert.throws(
      () => parse(changes),
      (error) => error instanceof RecipeError && error.problems.some((problem) => problem.path === path),
    );

  it('has names that differ', () => {
    for (const entries of Object.values(catalogue) as { name: string }[][]) {
      assert.ok(entries.length > 0);
      assert.equal(new Set(entries.map(({ name }) => name)).size, entries.length);
    }
  });

  for (const method of catalogue.methods) {
    it(`${method.name} can be hooked, with all its options known`, () => {
      const side = (layer: string) => (method.layers === 'several' ? [layer, `${layer}2`] : layer);
      const layers = method.hooks === 'logits' ? {} : { student: side('a'), teacher: side('b') };
      const hook = { method: method.name, weight: method.publishedWeight, ...layers };
      const options = parse({ hooks: [hook] }).hooks[0]?.options ?? {};
      for (const [name, option] of Object.entries(method.options.properties as Record<string, object>)) {
        if ('default' in option) assert.deepEqual(options[name], option.default, name);
      }
      refuses({ hooks: [{ ...hook, options: { noSuchOption: 1 } }] }, 'hooks[0].options.noSuchOption');
    });
  }

  for (const network of catalogue.networks) {
    it(`builtin:${network.name} can be trained, with all its arguments known`, () => {
      const student = { model: `builtin:${network.name}` };
      assert.equal(parse({ student }).student.model, student.model);
      refuses({ student: { ...student, args: { noSuchArgument: 1 } } }, 'student.args.noSuchArgument');
    });
  }

  for (const format of catalogue.formats) {
    it(`data in the format ${format.name} can be named, with all its options known`, () => {
      const source = { format: format.name, noSuchOption: 1 };
      refuses({ data: { source } }, 'data.source.noSuchOption');
    });
  }

  for (const augmentation of catalogue.augmentations) {
    it(`the augmentation ${augmentation.name} can be named, with all its options known`, () => {
      const augment = [{ type: augmentation.name, noSuchOption: 1 }];
      refuses({ data: { source: 'fashion-mnist', augment } }, 'data.augment[0].noSuchOption');
    });
  }
});
