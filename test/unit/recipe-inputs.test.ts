import assert from 'node:assert/strict';
import { Type } from '@sinclair/typebox';
import type { Catalogue } from '../../src/recipe/catalogue';
import { parseRecipe } from '../../src/recipe/parse';
import { describeProblem, RecipeError } from '../../src/recipe/problem';
import { describeMixing, mixedBatch } from '../../src/recipe/mixing';
import { catalogue as small } from '../fixtures/recipes/catalogue';
import { valid } from '../fixtures/recipes/valid';

const file = 'r.distill.json';

/** Data whose images are known, and an augmentation that mixes. */
const catalogue: Catalogue = {
  ...small,
  formats: small.formats.map((format) =>
    format.name === 'fashion-mnist' ? { ...format, images: { shape: [28, 28, 1], classes: 10 } } : format,
  ),
  augmentations: [...small.augmentations, { name: 'mixup', summary: 'Pairs', options: Type.Object({}) }],
};

/** What is wrong with the valid recipe when one part of it is replaced. */
function problemsOf(part: string, replacement: string): string[] {
  assert.ok(valid.includes(part));
  try {
    parseRecipe(
      valid.replace(part, () => replacement),
      { file, catalogue },
    );
  } catch (error) {
    assert.ok(error instanceof RecipeError, String(error));
    return error.problems.map(describeProblem);
  }
  return [];
}

const student = '"student": { "model": "builtin:resnet8" }';
const sized = (size: string, model = 'builtin:resnet8') =>
  `"student": { "model": "${model}", "imageSize": ${size} }`;
const epochs = '"epochs": 10,';
const mixing = (settings: string) => `"epochs": 10, "uncertaintyMixup": ${settings},`;

describe('what a recipe says of the images that models see', () => {
  it('is taken, and completed with the published values', () => {
    const text = valid.replace(student, sized('[14, 7]')).replace(epochs, mixing('{}'));
    const { recipe } = parseRecipe(text, { file, catalogue });
    assert.deepEqual(recipe.student.imageSize, [14, 7]);
    assert.deepEqual(recipe.train.uncertaintyMixup, {
      kept: 0.75,
      midpoint: 0.5,
      steepness: 10,
      uncertainty: 'entropy',
    });
    const batch = mixedBatch(recipe.train)!;
    assert.deepEqual(batch, { kept: 48, of: 64 });
    assert.match(describeMixing(batch), /of each 64 images 48 are left .* 25 % fewer teacher passes/);
  });

  const cases: [title: string, part: string, replacement: string, expected: string][] = [
    [
      'one number for a size',
      student,
      sized('14'),
      'student.imageSize: must be a list, not 14 (r.distill.json, line 9)',
    ],
    [
      'a size with the channels',
      student,
      sized('[14, 14, 1]'),
      'student.imageSize: must have at most 2 entries, not 3 (r.distill.json, line 9)',
    ],
    [
      'a side of nothing',
      student,
      sized('[14, 0]'),
      'student.imageSize[1]: must be at least 1, not 0 (r.distill.json, line 9)',
    ],
    [
      'images that would have to grow',
      student,
      sized('[32, 14]'),
      'student.imageSize: must not be larger than the images, [28, 28]: they are made smaller, never larger (r.distill.json, line 9)',
    ],
    [
      'a size for the student of a run',
      student,
      sized('[14, 14]', 'run:20261122-101500-k3f9'),
      'student.imageSize: the student of a run sees images of the size that its own recipe says; remove it (r.distill.json, line 9)',
    ],
    [
      'no image left',
      epochs,
      mixing('{ "kept": 0 }'),
      'train.uncertaintyMixup.kept: must be above 0 and at most 1, not 0 (r.distill.json, line 20)',
    ],
    [
      'an uncertainty that there is not',
      epochs,
      mixing('{ "uncertainty": "entropie" }'),
      'train.uncertaintyMixup.uncertainty: must be "entropy", "confidence" or "margin", not "entropie"; did you mean "entropy"? (r.distill.json, line 20)',
    ],
  ];
  for (const [title, part, replacement, expected] of cases) {
    it(`refuses ${title}`, () => assert.deepEqual(problemsOf(part, replacement), [expected]));
  }

  it('refuses to mix what is mixed already', () => {
    const text = valid.replace('"augment": ["flip",', '"augment": ["flip", "mixup",');
    try {
      parseRecipe(text.replace(epochs, mixing('{}')), { file, catalogue });
      assert.fail('it was taken');
    } catch (error) {
      assert.ok(error instanceof RecipeError, String(error));
      assert.deepEqual(error.problems.map(describeProblem), [
        'train.uncertaintyMixup: images that "mixup" of data.augment has mixed cannot be mixed again; remove one of both (r.distill.json, line 20)',
      ]);
    }
  });

  it('tells how to train a teacher at its own size', () => {
    const untrained = valid.replace(/, "weights": "run:[^"]*"/, '');
    const text = untrained.replace(student, sized('[14, 14]'));
    try {
      parseRecipe(text, { file, catalogue });
      assert.fail('it was taken');
    } catch (error) {
      assert.match(String(error), /--set student\.imageSize=`/);
    }
  });
});
