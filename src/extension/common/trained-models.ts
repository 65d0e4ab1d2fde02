import { isDeepStrictEqual } from 'node:util';
import type { ModelReference, Student } from '../../recipe/schema';
import { scoreOf, type Split } from '../../runs/compare';
import { runsIn } from './runs-in';
import { isReadable, type ReadableSeenRun, type SeenRun } from './seen-run';

/** A model that a run has trained, with the weights that the run keeps. */
export interface TrainedModel {
  readonly run: ReadableSeenRun;
  /** The weights: `run:20261122-101500-k3f9/best`. */
  readonly reference: string;
  /** What was trained, as the run's resolved recipe names it. */
  readonly model: Student;
  readonly parameters?: number;
  /** Fraction, 0 … 1, and the split it was measured on. */
  readonly accuracy?: { readonly value: number; readonly split: Split };
}

/** What the runs of a `.retort` folder have trained, the best first, the newer of equals first. */
export function trainedModels(runs: readonly SeenRun[], retortFolder: string): TrainedModel[] {
  return runsIn(retortFolder, runs)
    .filter(isReadable)
    .flatMap((run) => trainedBy(run) ?? [])
    .sort(
      (a, b) =>
        (b.accuracy?.value ?? -1) - (a.accuracy?.value ?? -1) || (a.run.run.id < b.run.run.id ? 1 : -1),
    );
}

/** Those of one model, built with the same arguments. */
export function trainedAs(
  trained: readonly TrainedModel[],
  { model, args }: Pick<ModelReference, 'model' | 'args'>,
): TrainedModel[] {
  return trained.filter((each) => each.model.model === model && isDeepStrictEqual(each.model.args, args));
}

/** Undefined for a run that keeps no weights yet. */
export function trainedBy(seen: ReadableSeenRun): TrainedModel | undefined {
  const { info, recipe } = seen.seen;
  const checkpoint = info[recipe.report.checkpoint] ? recipe.report.checkpoint : info.last && 'last';
  if (checkpoint === undefined) return undefined;
  const readable = { run: seen.run, info, recipe };
  const split: Split = info.test === undefined ? 'validation' : 'test';
  const accuracy = scoreOf(readable, split)?.accuracy;
  return {
    run: seen,
    reference: `run:${seen.run.id}/${checkpoint}`,
    model: recipe.student,
    ...(info.parameters && { parameters: info.parameters.student }),
    ...(accuracy !== undefined && { accuracy: { value: accuracy, split } }),
  };
}
