import { Trainer } from '../engine/train/trainer';
import type { CheckReport } from '../protocol/inspector';
import type { Prepared } from './prepare';

type Trial = NonNullable<CheckReport['trial']>;

/** Two training steps of each stage: the first warms up, the second is timed. */
export async function tryStages({ recipe, data, student, teachers, hooks, plan }: Prepared): Promise<Trial> {
  const trainer = new Trainer({ recipe, student, teachers, hooks, ...plan });
  const source = data.batches({ split: 'train', ...recipe.train });
  const batches = [];
  for (let index = 0; index < recipe.train.accumulate; index++) batches.push(await source.next(0, index));
  const stages: Trial['stages'][number][] = [];
  for (const { name, first, end } of trainer.stages) {
    trainer.skipTo(first);
    const { loss, terms } = await trainer.step(batches);
    trainer.skipTo(first);
    const before = performance.now();
    await trainer.step(batches);
    const secondsPerStep = (performance.now() - before) / 1000;
    stages.push({ ...(name !== undefined && { name }), steps: end - first, loss, terms, secondsPerStep });
  }
  const estimatedSeconds = stages.reduce((sum, { steps, secondsPerStep }) => sum + steps * secondsPerStep, 0);
  return {
    stages,
    secondsPerStep: estimatedSeconds / plan.totalSteps,
    estimatedSeconds,
    peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
  };
}
