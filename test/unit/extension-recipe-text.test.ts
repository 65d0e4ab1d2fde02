import assert from 'node:assert/strict';
import { modelOf, readRecipeText } from '../../src/extension/common/recipe-text';

describe('the models in the text of a recipe', () => {
  const student = (teacherClassifier: unknown): unknown =>
    modelOf(
      readRecipeText(JSON.stringify({ student: { model: 'builtin:resnet8', teacherClassifier } })),
      'student',
    );
  const plain = { model: 'builtin:resnet8', args: {}, weights: null };

  it("end in the teacher's classifier with its defaults, once that is there as a whole", () => {
    assert.deepEqual(student({ after: 'stage3' }), {
      ...plain,
      teacherClassifier: { after: 'stage3', factor: 2, pool: 1 },
    });
    assert.deepEqual(student({ after: 'stage3', factor: null, pool: 2 }), {
      ...plain,
      teacherClassifier: { after: 'stage3', factor: null, pool: 2 },
    });
    for (const unfinished of [
      undefined,
      {},
      { after: 3 },
      { after: 'stage3', pool: -1 },
      { after: 'stage3', factor: '2' },
      'stage3',
    ]) {
      assert.deepEqual(student(unfinished), plain);
    }
  });
});
