import * as assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { hookFactor, learningRate, type Place } from '../../src/engine/train/schedule';
import type { ScheduleSettings } from '../../src/recipe/schema';

/** What PyTorch's schedulers gave, stepped after every batch: `scripts/fixtures/pytorch.py`. */
interface Fixture {
  readonly baseLr: number;
  readonly stepsPerEpoch: number;
  readonly totalSteps: number;
  readonly cases: { readonly settings: ScheduleSettings; readonly values: number[] }[];
}

const fixture = JSON.parse(
  fs.readFileSync(path.join(__dirname, '../fixtures/pytorch/schedules.json'), 'utf8'),
) as Fixture;

describe('learning rates', () => {
  for (const { settings, values } of fixture.cases) {
    it(`are PyTorch's: ${JSON.stringify(settings)}`, () => {
      values.forEach((value, step) => {
        const actual = learningRate(settings, fixture.baseLr, { ...fixture, step });
        assert.ok(Math.abs(actual - value) <= 1e-12, `step ${step}: ${actual}, PyTorch has ${value}`);
      });
    });
  }

  it('grow from nothing in a warm-up from 0', () => {
    const at = (step: number) =>
      learningRate({ type: 'constant', warmup: { epochs: 2, from: 0 } }, 0.8, place(step));
    assert.deepEqual([0, 1, 2, 3, 4, 5].map(at), [0, 0.2, 0.4, 0.6000000000000001, 0.8, 0.8]);
  });

  it('drop in the middle of an epoch where the recipe says so', () => {
    const at = (step: number) =>
      learningRate({ type: 'multi-step', milestones: [1.5], gamma: 0.5 }, 1, place(step));
    assert.deepEqual([2, 3, 4].map(at), [1, 0.5, 0.5]);
  });

  it('are finite in runs of one step', () => {
    const warmup = { epochs: 1, from: 0.5 };
    const one = { step: 0, totalSteps: 1, stepsPerEpoch: 1 };
    assert.equal(learningRate({ type: 'cosine', min: 0, warmup }, 1, one), 0.5);
    const cycle = { type: 'one-cycle', peakAt: 0.3, divFactor: 25, finalDivFactor: 1e4 } as const;
    assert.ok(Number.isFinite(learningRate(cycle, 1, one)));
  });
});

describe('factors of a hook', () => {
  it('are 1 without a schedule and with a constant one', () => {
    assert.equal(hookFactor(undefined, place(3)), 1);
    assert.equal(hookFactor({ type: 'constant' }, place(3)), 1);
  });

  it('grow over the epochs of a warm-up, then stay', () => {
    const at = (step: number) => hookFactor({ type: 'warmup', epochs: 2 }, place(step));
    assert.deepEqual([0, 1, 2, 3, 4, 5, 9].map(at), [0, 0.25, 0.5, 0.75, 1, 1, 1]);
  });

  it('go from 1 to `to` at the end of training', () => {
    for (const type of ['linear', 'cosine'] as const) {
      const at = (step: number) => hookFactor({ type, to: 0.2 }, place(step));
      assert.equal(at(0), 1);
      assert.ok(Math.abs(at(5) - 0.6) < 1e-12, 'halfway between');
      assert.ok(Math.abs(at(10) - 0.2) < 1e-12);
    }
    assert.ok(
      hookFactor({ type: 'cosine', to: 0 }, place(1)) > hookFactor({ type: 'linear', to: 0 }, place(1)),
    );
  });
});

/** Ten steps, two an epoch. */
function place(step: number): Place {
  return { step, totalSteps: 10, stepsPerEpoch: 2 };
}
