import type { Recipe } from '../recipe/schema';
import { followRun } from '../runs/follow';
import type { RunFolder } from '../runs/folder';
import { type ObservedRun, stateOf } from '../runs/state';
import type { RunInfo } from '../runs/types';
import { RunDisplay } from './output/run-display';
import type { Output } from './output/output';
import { RunInterrupt } from './run-interrupt';

export interface WatchOptions {
  readonly output: Output;
  readonly recipe: Recipe;
  /** `run.json` before this start: what earlier attempts have shown is not shown again. */
  readonly before: RunInfo;
  /** Validation accuracy of the baseline, where there is one. */
  readonly baseline?: number | undefined;
}

/**
 * Shows a run until it ends, and gives how. Ctrl-C asks it for a checkpoint and a clean stop; a second one ends its
 * process at once and throws `Interrupted`.
 */
export async function watchRun(
  run: RunFolder,
  { output, recipe, before, baseline }: WatchOptions,
): Promise<ObservedRun> {
  let observed = await stateOf(run);
  const display = new RunDisplay(output, {
    id: run.id,
    epochs: recipe.train.epochs,
    baseline,
    before,
  });
  const interrupt = new RunInterrupt(run, (text) => display.note(text));
  try {
    for await (const event of followRun(run, { signal: interrupt.signal })) {
      if (event.type === 'metric') display.metric(event.line);
      if (event.type !== 'state') continue;
      observed = event;
      display.info(event.info);
    }
    interrupt.throwIfEnded();
    return observed;
  } finally {
    display.close();
    interrupt.close();
  }
}
