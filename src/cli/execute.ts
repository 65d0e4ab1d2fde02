import * as path from 'node:path';
import type { BackendChoice } from '../backends';
import { startWorker } from '../launch/worker';
import type { Recipe } from '../recipe/schema';
import { variantOf } from '../recipe/names';
import { baselineAccuracy, scoreOf, type Split } from '../runs/compare';
import { createRun, listRuns, readInfo, type ReadableRun, type RunFolder } from '../runs/folder';
import { gapRecovered } from '../runs/statistics';
import type { RunInfo } from '../runs/types';
import { discardRun, throwUnlessDone } from './outcome';
import { describeRecipe } from './output/describe';
import type { Output } from './output/output';
import { resultLine } from './output/run-lines';
import { watchRun } from './watch-run';

export interface ExecuteOptions {
  readonly output: Output;
  /** The `.retort` folder. */
  readonly retortFolder: string;
  readonly backend: BackendChoice;
  /** One line about the device that does the work. */
  readonly device: string;
}

/** Makes a run of a resolved recipe and shows it until it is done; throws for every other end. */
export async function executeRecipe(recipe: Recipe, options: ExecuteOptions): Promise<ReadableRun> {
  return watchToEnd(await beginRun(recipe, options), recipe, options);
}

/** Makes a run of a resolved recipe and starts its process; a run that cannot be started is not left behind. */
export async function beginRun(recipe: Recipe, options: ExecuteOptions): Promise<StartedRun> {
  const run = await createRun(options.retortFolder, recipe, { requestedBackend: options.backend });
  try {
    return await startRun(run, recipe, options);
  } catch (error) {
    await discardRun(run);
    throw error;
  }
}

/** A run whose process has taken it, and its `run.json` before that. */
export interface StartedRun {
  readonly run: RunFolder;
  readonly before: RunInfo;
}

/** Starts the process of a run, new or to be resumed, and says so. */
export async function startRun(
  run: RunFolder,
  recipe: Recipe,
  { output, device, takeOver = false }: Pick<ExecuteOptions, 'output' | 'device'> & { takeOver?: boolean },
): Promise<StartedRun> {
  const before = await readInfo(run);
  await startWorker(run, { takeOver });
  output.event(
    { event: 'start', run: run.id, folder: run.folder, recipe, device },
    [
      `run ${run.id}   ${recipe.name} / ${variantOf(recipe)} / seed ${recipe.train.seed}`,
      `${describeRecipe(recipe)}   ${device}`,
    ].join('\n'),
  );
  return { run, before };
}

/** Shows a run that is on its way until it is done; throws for every other end. */
export async function watchToEnd(
  { run, before }: StartedRun,
  recipe: Recipe,
  { output, retortFolder }: Pick<ExecuteOptions, 'output' | 'retortFolder'>,
): Promise<ReadableRun> {
  const others = (await listRuns(retortFolder)).filter((listed) => 'info' in listed);
  const baseline = (split: Split): number | undefined => baselineAccuracy(recipe, others, split);
  const observed = await watchRun(run, { output, recipe, before, baseline: baseline('validation') });
  const { state, info } = observed;
  const finished = { run, info, recipe };
  const split = info.test ? 'test' : 'validation';
  const accuracy = scoreOf(finished, split)?.accuracy;
  const gap = gapRecovered(accuracy, baseline(split), info.teacher?.[split]?.accuracy);
  const result = `${resultLine(info, gap)}\n${path.relative(process.cwd(), run.folder)}`;
  output.event({ event: 'end', run: run.id, state, info }, state === 'done' ? result : undefined);
  await throwUnlessDone(run, observed);
  return finished;
}
