import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { retortHome } from '../../src/common/home';
import { ready } from '../../src/engine/backends';
import { Trainer } from '../../src/engine/train/trainer';
import { loadCatalogue } from '../../src/recipe/load-catalogue';
import type { CatalogueMethod } from '../../src/recipe/catalogue';
import { parseRecipe } from '../../src/recipe/parse';
import { resolveRecipe } from '../../src/recipe/resolve';
import { prepare } from '../../src/worker/prepare';

const STEPS = 20;

/** Where options must fit the size of the maps or of the data. */
const options: Record<string, object> = {
  'tat-dense': { grid: [2, 2], heads: 4, anchor: [3, 3] },
  // Fewer than there are images of other classes.
  crd: { negatives: 256 },
};

/** Of methods for which the last stages of both networks are not the right ones. */
const layersOf: Record<string, object> = {
  isrd: { student: 'stage1', teacher: 'input' },
  simkd: { student: 'projector', teacher: 'stage3' },
};

/** Of methods for which the student is another than a ResNet-8 of width 8. */
const studentOf: Record<string, object> = {
  // Flow matrices are compared entry by entry, so both sides need the same channels.
  fsp: { args: { width: 16 } },
  simkd: { teacherClassifier: { after: 'stage3' } },
};

/** A ResNet-8 that only the method teaches, from a wider ResNet-14, on Fashion-MNIST. */
function recipeFor({ name, hooks, layers }: CatalogueMethod): object {
  const stages = layers === 'several' ? ['stage1', 'stage2', 'stage3'] : 'stage3';
  const hooked = layersOf[name] ?? (hooks === 'logits' ? {} : { student: stages, teacher: stages });
  return {
    name: 'methods',
    task: { lossWeight: 0 },
    data: { source: 'fashion-mnist', train: { limit: 500 }, validation: { fraction: 0.01 } },
    // Which weights matters little here, and there are none at hand: those that the network starts with.
    teacher: { model: 'builtin:resnet14', weights: 'run:20261122-101500-k3f9' },
    student: { model: 'builtin:resnet8', args: { width: 8 }, ...studentOf[name] },
    hooks: [{ method: name, ...hooked, weight: 1, options: options[name] ?? {} }],
    train: { epochs: 1, batchSize: 16, optimizer: { type: 'adam', lr: 0.002 }, seed: 1 },
  };
}

describe('Every method on real images', function () {
  this.timeout(60_000);
  const workspace = fs.mkdtempSync(path.join(os.tmpdir(), 'retort-methods-'));

  before(() => ready());
  after(() => fs.rmSync(workspace, { recursive: true }));

  for (const method of loadCatalogue().methods) {
    it(`${method.name}: the loss falls in ${STEPS} steps and stays a number`, async () => {
      const parsed = parseRecipe(JSON.stringify(recipeFor(method)), {
        file: path.join(workspace, 'methods.distill.json'),
        catalogue: loadCatalogue(),
      });
      const recipe = resolveRecipe(parsed, { workspace });
      const prepared = await prepare(
        { ...recipe, teacher: { ...recipe.teacher!, weights: null } },
        { workspace, retort: path.join(workspace, '.retort'), home: retortHome(), stage: () => undefined },
      );
      const trainer = new Trainer({ ...prepared, stepsPerEpoch: STEPS, totalSteps: STEPS });
      try {
        const source = prepared.data.batches({ split: 'train', ...prepared.recipe.train });
        // The same images again and again: what falls is not the luck of the draw.
        const batch = await source.next(0, 0);
        const losses: number[] = [];
        for (let step = 0; step < STEPS; step++) losses.push((await trainer.step([batch])).loss);
        assert.ok(losses.every(Number.isFinite), losses.join(', '));
        assert.ok(Math.max(...losses.slice(-3)) < losses[0]!, losses.join(', '));
      } finally {
        trainer.dispose();
        await prepared.data.close();
      }
    });
  }
});
