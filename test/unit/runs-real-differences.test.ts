import assert from 'node:assert/strict';
import { loadCatalogue } from '../../src/recipe/load-catalogue';
import type { Hook, Recipe } from '../../src/recipe/schema';
import { realDifferences } from '../../src/runs/real-differences';
import { sampleRecipe } from './runs-helpers';

/** The differences as lines; `–` where a recipe has no such entry. */
function told(...changes: Partial<Recipe>[]): string[] {
  const recipes = changes.map((change) => sampleRecipe(change));
  return realDifferences(recipes, loadCatalogue()).map(({ path, values }) => {
    const texts = values.map((value) => (value === undefined ? '–' : JSON.stringify(value)));
    return `${path}: ${texts.join(' ')}`;
  });
}

const kd = (change: Partial<Hook> = {}): Partial<Recipe> => ({
  hooks: [{ method: 'kd', weight: 0.9, options: {}, ...change }],
});
const train = (change: Partial<Recipe['train']>): Partial<Recipe> => ({
  train: { ...sampleRecipe().train, ...change },
});
const teacher = { model: 'builtin:resnet20', args: {}, weights: null };
const stage = { epochs: 1 };

describe('where recipes differ in what they do', () => {
  it('is nowhere while an entry at its default is written in one and left out in the other', () => {
    // Defaults as the schema and the page of methods state them: temperature 4, whatever else is the plain way.
    const written: Partial<Hook> = {
      options: { temperature: 4 },
      from: 'teacher',
      adapter: 'auto',
      schedule: { type: 'constant' },
    };
    assert.deepEqual(told(kd(), kd(written)), []);
    assert.deepEqual(told(kd(), { ...kd(), variant: 'kd' }), []);
    assert.deepEqual(told({ teacher }, { teacher: { ...teacher, learns: false } }), []);
    const { optimizer } = sampleRecipe().train;
    const decay = { ...optimizer, weightDecay: 0.01 };
    assert.deepEqual(
      told(
        train({ optimizer: decay, groups: [{ match: 'a' }] }),
        train({ optimizer: decay, groups: [{ match: 'a', lrMultiplier: 1, weightDecay: 0.01 }] }),
      ),
      [],
    );
    assert.deepEqual(
      told(
        train({ stages: [stage] }),
        train({
          stages: [
            {
              ...stage,
              hooks: ['*'],
              learn: ['**'],
              task: true,
              pretrain: false,
              lr: 0.1,
              schedule: { type: 'constant' },
            },
          ],
        }),
      ),
      [],
    );
  });

  it('shows the default of those that leave out what another sets', () => {
    assert.deepEqual(told(kd({ options: { temperature: 2 } }), kd(), kd({ options: { temperature: 4 } })), [
      'hooks[0].options.temperature: 2 4 4',
    ]);
    assert.deepEqual(told(kd(), kd({ adapter: 'none' })), ['hooks[0].adapter: "auto" "none"']);
    assert.deepEqual(told(kd(), kd({ from: ['a', 'b'] })), ['hooks[0].from: "teacher" ["a","b"]']);
    assert.deepEqual(told(kd(), { ...kd(), variant: 'mine' }), ['variant: "kd" "mine"']);
    assert.deepEqual(told(train({ stages: [stage] }), train({ stages: [{ ...stage, lr: 0.05 }] })), [
      'train.stages[0].lr: 0.1 0.05',
    ]);
  });

  it('names a hook that another lacks by what it has to say, without its options at their defaults', () => {
    assert.deepEqual(told({}, { teacher, ...kd() }), [
      'hooks[0].method: – "kd"',
      'hooks[0].weight: – 0.9',
      'teacher.model: – "builtin:resnet20"',
    ]);
    // One of three departs from it, so all are shown.
    assert.deepEqual(told({}, kd({ options: { temperature: 2 } }), kd()), [
      'hooks[0].method: – "kd" "kd"',
      'hooks[0].weight: – 0.9 0.9',
      'hooks[0].options.temperature: – 2 4',
    ]);
  });

  it('leaves out what follows from the kind of a thing', () => {
    const adam = {
      type: 'adam',
      lr: 0.1,
      betas: [0.9, 0.999],
      epsilon: 1e-8,
      weightDecay: 0,
    } satisfies Recipe['train']['optimizer'];
    assert.deepEqual(told({}, train({ optimizer: adam })), ['train.optimizer.type: "sgd" "adam"']);
    assert.deepEqual(told({}, train({ optimizer: { ...adam, betas: [0.5, 0.999] } })), [
      'train.optimizer.type: "sgd" "adam"',
      'train.optimizer.betas: – [0.5,0.999]',
    ]);
  });

  it('tells that something is there at all, though each of its entries is at its default', () => {
    assert.deepEqual(told({}, train({ ema: { decay: 0.999 } })), ['train.ema.decay: – 0.999']);
    assert.deepEqual(told(train({ ema: { decay: 0.99 } }), train({ ema: { decay: 0.999 } })), [
      'train.ema.decay: 0.99 0.999',
    ]);
    assert.deepEqual(told(train({ ema: { decay: 0.999 } }), train({ ema: { decay: 0.999 } })), []);
  });

  it('shows all that a recipe has which another version made and this one does not know', () => {
    const unknown = kd({ method: 'unheard-of', options: { power: 2 } });
    assert.deepEqual(told({}, unknown), [
      'variant: "alone" "unheard-of"',
      'hooks[0].method: – "unheard-of"',
      'hooks[0].weight: – 0.9',
      'hooks[0].options.power: – 2',
      'hooks[0].from: – "teacher"',
      'hooks[0].schedule.type: – "constant"',
      'hooks[0].adapter: – "auto"',
    ]);
    assert.deepEqual(told(unknown, kd({ method: 'unheard-of', options: { power: 3 } })), [
      'hooks[0].options.power: 2 3',
    ]);
  });
});
