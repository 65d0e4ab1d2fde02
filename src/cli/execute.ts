import * as path from 'node:path';
import type { BackendChoice } from '../backends';
import { beginRun, discardIfRefused } from '../launch/begin';
import { variantOf } from '../recipe/names';
import type { Recipe } from '../recipe/schema';
import { baselineAccuracy, scoreOf, type Split } from '../runs/compare';
import { createRun, listRuns, type ReadableRun, type RunFolder } from '../runs/folder';
import { gapRecovered } from '../runs/statistics';
import { throwUnlessDone } from './outcome';
import { describeRecipe } from './output/describe';
import type { Output } from './output/output';
import { resultLine } from './output/run-lines';
import { RunInterrupt } from './run-interrupt';
import { startAndWatch } from './watch-run';

export interface RunToEndOptions {
  readonly output: Output;
  /** One line about the device that does the work. */
  readonly device: string;
  /** A person's word that the other host which holds the run no longer works on it. */
  readonly takeOver?: boolean;
}

export interface ExecuteOptions extends RunToEndOptions {
  /** The `.retort` folder. */
  readonly retortFolder: string;
  readonly backend: BackendChoice;
}

/** Makes a run of a resolved recipe and shows it until it is done; throws for every other end. */
export async function executeRecipe(recipe: Recipe, options: ExecuteOptions): Promise<ReadableRun> {
  const run = await createRun(options.retortFolder, recipe, { requestedBackend: options.backend });
  return discardIfRefused(run, () => runToEnd(run, recipe, options));
}

/** Makes a run of a resolved recipe and starts its process, which goes on by itself. */
export async function startDetached(recipe: Recipe, options: ExecuteOptions): Promise<void> {
  tellRun(await beginRun(options.retortFolder, recipe, { backend: options.backend }), recipe, options);
}

/** Starts the process of a run, new or to be resumed, and shows it until it is done; throws for every other end. */
export async function runToEnd(
  run: RunFolder,
  recipe: Recipe,
  { output, device, takeOver = false }: RunToEndOptions,
): Promise<ReadableRun> {
  const interrupt = new RunInterrupt(run, output);
  try {
    tellRun(run, recipe, { output, device });
    const others = (await listRuns(run.retortFolder)).filter((listed) => 'info' in listed);
    const baseline = (split: Split): number | undefined => baselineAccuracy(recipe, others, split);
    const observed = await startAndWatch(run, {
      output,
      recipe,
      interrupt,
      takeOver,
      baseline: baseline('validation'),
    });
    const { state, info } = observed;
    const finished = { run, info, recipe };
    const split = info.test ? 'test' : 'validation';
    const accuracy = scoreOf(finished, split)?.accuracy;
    const gap = gapRecovered(accuracy, baseline(split), info.teacher?.[split]?.accuracy);
    const result = `${resultLine(info, gap)}\n${path.relative(process.cwd(), run.folder)}`;
    output.event({ event: 'end', run: run.id, state, info }, state === 'done' ? result : undefined);
    await throwUnlessDone(run, observed);
    return finished;
  } finally {
    interrupt.close();
  }
}

/** Says which run goes on, with what and on which device. */
function tellRun(
  run: RunFolder,
  recipe: Recipe,
  { output, device }: Pick<RunToEndOptions, 'output' | 'device'>,
): void {
  output.event(
    { event: 'start', run: run.id, folder: run.folder, recipe, device },
    [
      `run ${run.id}   ${recipe.name} / ${variantOf(recipe)} / seed ${recipe.train.seed}`,
      `${describeRecipe(recipe)}   ${device}`,
    ].join('\n'),
  );
}
