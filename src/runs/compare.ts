import { isDeepStrictEqual } from 'node:util';
import { groupKey } from '../recipe/names';
import type { Recipe } from '../recipe/schema';
import type { ReadableRun } from './folder';
import { groupRuns, type RunGroup } from './groups';
import { type Difference, differenceOf, gapRecovered, summarize, type Summary } from './statistics';
import type { Score } from './types';

/** The split that figures come from; figures of different splits are never set against each other. */
export type Split = 'validation' | 'test';

/** What a group has reached, over its seeds. Figures that cannot be had are absent: "n/a". */
export interface GroupResult {
  readonly group: RunGroup;
  /** The runs that count: those that are done, for each seed the latest. */
  readonly counted: readonly ReadableRun[];
  /** Fractions, 0 … 1. */
  readonly accuracy?: Summary;
  /** The teacher's accuracy, mean over the runs. */
  readonly teacher?: number;
  readonly gapRecovered?: number;
  /** Against the baseline; absent for the baseline itself. */
  readonly difference?: Difference;
  readonly isBaseline: boolean;
  /** Training time of a run in seconds, mean. */
  readonly seconds?: number;
}

export interface Comparison {
  readonly split: Split;
  readonly results: readonly GroupResult[];
}

/**
 * Compares groups of runs on one split: the test split where every group that has finished runs has tested them, else
 * validation.
 * @param baseline key of the group that all are compared with; by default each is compared with the group `alone` of
 * its experiment that trains the same student on the same data, if possible in the same way
 */
export function compareRuns(
  runs: readonly ReadableRun[],
  { baseline }: { readonly baseline?: string } = {},
): Comparison {
  const groups = groupRuns(runs).map((group) => ({ group, counted: countedRuns(group) }));
  const counted = groups.flatMap((entry) => entry.counted);
  const split: Split =
    counted.length > 0 && counted.every((run) => run.info.test !== undefined) ? 'test' : 'validation';
  const measured = groups.map((entry) => measure(entry.group, entry.counted, split));
  const results = measured.map((result) =>
    against(result, baselineOf(result.group.recipe, measured, baseline)),
  );
  return { split, results };
}

/** Accuracy and loss of a run on a split: of the weights that its recipe reports. */
export function scoreOf({ info, recipe }: ReadableRun, split: Split): Score | undefined {
  return split === 'test' ? info.test : info[recipe.report.checkpoint]?.validation;
}

function countedRuns(group: RunGroup): ReadableRun[] {
  const latest = new Map<number, ReadableRun>();
  for (const run of group.runs) {
    if (run.info.state !== 'done') continue;
    const other = latest.get(run.recipe.train.seed);
    if (other === undefined || other.run.id < run.run.id) latest.set(run.recipe.train.seed, run);
  }
  return [...latest.values()];
}

/** Mean accuracy of the group that runs of a recipe are compared with, on one split; undefined if there is none. */
export function baselineAccuracy(
  recipe: Recipe,
  runs: readonly ReadableRun[],
  split: Split,
): number | undefined {
  const results = groupRuns(runs).map((group) => measure(group, countedRuns(group), split));
  const baseline = baselineOf(recipe, results);
  const isOwn = baseline?.group.runs.some((run) => groupKey(run.recipe) === groupKey(recipe));
  return isOwn ? undefined : baseline?.accuracy?.mean;
}

/** What a group is compared with; undefined where there is none, or a choice that only a person can make. */
export function baselineOf(
  wanted: Recipe,
  results: readonly GroupResult[],
  key?: string,
): GroupResult | undefined {
  if (key !== undefined) return results.find((result) => result.group.key === key);
  // Alone, a student that was to end in its teacher's classifier has its own.
  const { teacherClassifier: _, ...student } = wanted.student;
  const candidates = results.filter(
    ({ group: { experiment, variant, recipe, runs } }) =>
      experiment === wanted.name &&
      variant === 'alone' &&
      recipe.hooks.length === 0 &&
      // Runs of a group may start from runs of their own.
      runs.some((run) => isDeepStrictEqual(run.recipe.student, student)) &&
      isDeepStrictEqual(recipe.data, wanted.data),
  );
  const trainedAlike = candidates.filter((candidate) => isTrainedAlike(candidate.group.recipe, wanted));
  const [only, ...others] = trainedAlike.length > 0 ? trainedAlike : candidates;
  return others.length === 0 ? only : undefined;
}

function isTrainedAlike(one: Recipe, other: Recipe): boolean {
  // Stages say which hooks count when; a baseline has none.
  const shared = ({ stages: _, ...train }: Recipe['train']): object => ({ ...train, seed: 0 });
  return isDeepStrictEqual(shared(one.train), shared(other.train));
}

function measure(group: RunGroup, counted: readonly ReadableRun[], split: Split): GroupResult {
  const present = (values: readonly (number | undefined)[]): Summary | undefined =>
    summarize(values.filter((value) => value !== undefined));
  const accuracy = present(counted.map((run) => scoreOf(run, split)?.accuracy));
  const teacher = present(counted.map((run) => run.info.teacher?.[split]?.accuracy))?.mean;
  const seconds = present(counted.map((run) => run.info.seconds))?.mean;
  return {
    group,
    counted,
    isBaseline: false,
    ...(accuracy && { accuracy }),
    ...(teacher !== undefined && { teacher }),
    ...(seconds !== undefined && { seconds }),
  };
}

function against(result: GroupResult, baseline: GroupResult | undefined): GroupResult {
  if (baseline === result) return { ...result, isBaseline: true };
  if (result.accuracy === undefined || baseline?.accuracy === undefined) return result;
  const gap = gapRecovered(result.accuracy.mean, baseline.accuracy.mean, result.teacher);
  return {
    ...result,
    difference: differenceOf(result.accuracy, baseline.accuracy),
    ...(gap !== undefined && { gapRecovered: gap }),
  };
}
