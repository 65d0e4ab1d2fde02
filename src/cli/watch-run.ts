import { startWorker } from '../launch/worker';
import type { Recipe } from '../recipe/schema';
import { followRun } from '../runs/follow';
import { readInfo, type RunFolder } from '../runs/folder';
import { type ObservedRun, stateOf } from '../runs/state';
import type { Output } from './output/output';
import { RunDisplay } from './output/run-display';
import type { RunInterrupt } from './run-interrupt';

export interface WatchOptions {
  readonly output: Output;
  readonly recipe: Recipe;
  /** Validation accuracy of the baseline, where there is one. */
  readonly baseline: number | undefined;
  readonly interrupt: RunInterrupt;
  readonly takeOver: boolean;
}

/** Starts the process of a run and shows the run until it ends; gives how. */
export async function startAndWatch(run: RunFolder, options: WatchOptions): Promise<ObservedRun> {
  const { output, recipe, baseline, interrupt } = options;
  const before = await readInfo(run);
  const display = new RunDisplay(output, { id: run.id, epochs: recipe.train.epochs, baseline, before });
  try {
    await startWorker(run, { takeOver: options.takeOver });
    interrupt.started();
    let observed = await stateOf(run);
    for await (const event of followRun(run, { signal: interrupt.signal })) {
      if (event.type === 'metric') display.metric(event.line);
      if (event.type !== 'state') continue;
      observed = event;
      display.info(event.info);
      if (event.state === 'queued') display.queued();
    }
    interrupt.throwIfEnded();
    return observed;
  } finally {
    display.close();
  }
}
