import { setImmediate } from 'node:timers/promises';
import { groupBy } from '../../../common/group-by';
import type { ComparedRow, Comparison } from '../../../protocol/panel-sections';
import { loadCatalogue } from '../../../recipe/load-catalogue';
import type { Recipe } from '../../../recipe/schema';
import { validateRecipe } from '../../../recipe/validate';
import { baselineOf, compareRuns, type GroupResult, scoreOf, type Split } from '../../../runs/compare';
import { csvRow } from '../../../runs/csv';
import type { ReadableRun } from '../../../runs/folder';
import { realDifferences } from '../../../runs/real-differences';
import { gapRecovered } from '../../../runs/statistics';
import { type Candidate, isOfSameExperiment } from './candidates';

/**
 * Runs and groups side by side, on the test split where all of them and their baselines were tested. Each folder's runs
 * are groups of their own, and have a baseline of their own.
 */
export function comparisonOf(
  candidates: readonly Candidate[],
  baselines: readonly GroupResult[],
): Comparison {
  const groups = [...candidates.map(({ group }) => group), ...baselines];
  const runs = new Map(
    groups.flatMap(({ group }) => group.runs.map((run) => [run.run.folder, run] as const)),
  );
  const folders = [...groupBy([...runs.values()], ({ run }) => run.retortFolder).values()];
  const results = folders.flatMap((members) => compareRuns(members).results);
  const counted = results.flatMap((result) => result.counted);
  const alone = candidates.flatMap(({ run }) => (run === undefined ? [] : [run]));
  const isTested = [...counted, ...alone].every(({ info }) => info.test !== undefined);
  const split: Split = isTested && counted.length > 0 ? 'test' : 'validation';
  const measured = split === 'test' ? results : folders.flatMap(onValidation);
  const rows = candidates.map((candidate) => rowOf(candidate, split, measured));
  return { split, rows, differences: differencesOf(candidates.map(recipeOf)) };
}

/** Looks at the recipes ahead of `comparisonOf`, one at a time: many would hold up everything else. */
export async function prepareComparison(candidates: readonly Candidate[]): Promise<void> {
  // Loads the validator, which in a window's first comparison takes as long as a first recipe does.
  validateRecipe({}, loadCatalogue());
  await setImmediate();
  for (const candidate of candidates) {
    realDifferences([recipeOf(candidate)], loadCatalogue());
    await setImmediate();
  }
}

function recipeOf({ run, group }: Candidate): Recipe {
  return run?.recipe ?? group.group.recipe;
}

/** Without the tests, so that all is measured on the validation split. */
function onValidation(runs: readonly ReadableRun[]): readonly GroupResult[] {
  return compareRuns(runs.map(({ info: { test: _, ...info }, ...run }) => ({ ...run, info }))).results;
}

function rowOf(
  { choice: { live: _live, ...choice }, group, run }: Candidate,
  split: Split,
  results: readonly GroupResult[],
): ComparedRow {
  const experiment = results.filter((other) => isOfSameExperiment(other, group));
  const result = experiment.find((other) => other.group.key === group.group.key);
  const about = run ?? result?.counted.at(-1) ?? group.group.runs.at(-1);
  const figures = run === undefined ? figuresOfGroup(result) : figuresOfRun(run, split, experiment);
  const { parameters, flops } = about?.info ?? {};
  return {
    ...choice,
    ...figures,
    isBaseline: result?.isBaseline ?? false,
    ...(parameters && { parameters: parameters.student }),
    ...(flops && { flops: flops.student }),
  };
}

type Figures = Pick<ComparedRow, 'accuracy' | 'teacher' | 'gapRecovered' | 'difference' | 'seconds'>;

function figuresOfGroup(result: GroupResult | undefined): Figures {
  if (result === undefined) return {};
  const { accuracy, teacher, gapRecovered: gap, difference, seconds } = result;
  return {
    ...(accuracy && { accuracy }),
    ...(teacher !== undefined && { teacher }),
    ...(gap !== undefined && { gapRecovered: gap }),
    ...(difference && { difference }),
    ...(seconds !== undefined && { seconds }),
  };
}

/** Of one run, so without a spread; of a live one as far as it has come. */
function figuresOfRun(run: ReadableRun, split: Split, experiment: readonly GroupResult[]): Figures {
  const { info, recipe } = run;
  const accuracy = scoreOf(run, split)?.accuracy;
  const teacher = info.teacher?.[split]?.accuracy;
  const baseline = baselineOf(recipe, experiment);
  const isOfBaseline = baseline?.group.runs.some((other) => other.run.id === run.run.id) === true;
  const alone = isOfBaseline ? undefined : baseline?.accuracy?.mean;
  const gap = gapRecovered(accuracy, alone, teacher);
  return {
    ...(accuracy !== undefined && { accuracy: { mean: accuracy, count: 1 } }),
    ...(teacher !== undefined && { teacher }),
    ...(gap !== undefined && { gapRecovered: gap }),
    ...(accuracy !== undefined && alone !== undefined && { difference: { value: accuracy - alone } }),
    ...(info.seconds !== undefined && { seconds: info.seconds }),
  };
}

function differencesOf(recipes: readonly Recipe[]): Comparison['differences'] {
  return realDifferences(recipes, loadCatalogue()).map(({ path, values }) => ({
    path,
    values: values.map((value) => (value === undefined ? null : JSON.stringify(value))),
  }));
}

/** The results table as CSV (RFC 4180); accuracies as fractions. */
export function comparisonCsv({ split, rows }: Comparison): string {
  const header = [
    'experiment',
    'label',
    'runs',
    `${split} accuracy`,
    'deviation',
    'teacher',
    'gapRecovered',
    'difference',
    'standardError',
    'parameters',
    'flops',
    'seconds',
  ];
  const lines = rows.map((row) => [
    row.experiment,
    row.label,
    row.runs,
    row.accuracy?.mean,
    row.accuracy?.deviation,
    row.teacher,
    row.gapRecovered,
    row.difference?.value,
    row.difference?.standardError,
    row.parameters,
    row.flops,
    row.seconds,
  ]);
  return [header, ...lines].map(csvRow).join('');
}
