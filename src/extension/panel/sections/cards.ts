import * as l10n from '@vscode/l10n';
import type { References } from '../../../protocol/panel-charts';
import type { Cards } from '../../../protocol/panel-sections';
import { teachersOf } from '../../../recipe/teachers';
import { baselineOf, compareRuns, type GroupResult, scoreOf, type Split } from '../../../runs/compare';
import type { ReadableRun } from '../../../runs/folder';
import { gapRecovered } from '../../../runs/statistics';
import type { Reading } from '../reader/run-series';
import { type Candidate, isOfSameExperiment } from './candidates';

/** A run among those of its experiment. */
export interface Standing {
  readonly run: ReadableRun;
  readonly own: GroupResult;
  /** The group that it is compared with; absent for runs of the baseline itself, and where there is none. */
  readonly baseline?: GroupResult;
}

/** Undefined where the run cannot be read. */
export function standingOf(key: string, candidates: readonly Candidate[]): Standing | undefined {
  const { run, group: own } = candidates.find(({ choice }) => choice.key === key) ?? {};
  if (run === undefined || own === undefined) return undefined;
  const results = candidates
    .filter(({ choice, group }) => choice.kind === 'group' && isOfSameExperiment(group, own))
    .map(({ group }) => group);
  const baseline = baselineOf(run.recipe, results);
  return { run, own, ...(baseline && baseline !== own && { baseline }) };
}

export function cardsOf(standing: Standing, reading: Reading | undefined): Cards {
  const { info } = standing.run;
  const { latest } = reading ?? {};
  return {
    accuracy: {
      ...defined('now', info.last?.validation.accuracy),
      ...defined('best', info.best?.validation.accuracy),
      ...defined('bestEpoch', info.best?.epoch),
      ...defined('teacher', info.teacher?.validation?.accuracy),
      ...defined('test', info.test?.accuracy),
    },
    gap: gapCard(standing),
    against: againstCard(standing),
    speed: {
      ...defined('imagesPerSecond', latest?.imagesPerSecond),
      ...defined('dataWait', latest?.dataWait),
    },
    device: { ...defined('text', info.backend?.note), ...defined('memoryBytes', latest?.memory) },
  };
}

/** Teachers and baseline on the validation split. */
export function referencesOf({ run: { recipe, info }, baseline }: Standing): References {
  const named = teachersOf(recipe);
  const learning = named.filter(({ reference }) => reference.learns === true).map(({ name }) => name);
  const teachers = named.flatMap(({ name, reference }) => {
    const accuracy = info.teachers?.[name]?.validation?.accuracy;
    return reference.learns === true || accuracy === undefined ? [] : [{ name, accuracy }];
  });
  const accuracy = baseline && meanOn(baseline, 'validation');
  return {
    ...defined('teacher', info.teacher?.validation?.accuracy),
    ...(teachers.length > 0 && { teachers }),
    ...(learning.length > 0 && { learning }),
    ...(accuracy !== undefined && { baseline: { label: baseline!.group.label, accuracy } }),
  };
}

/** On the test split once all three were tested, else on the validation split. */
function gapCard(standing: Standing): Cards['gap'] {
  const { run, baseline } = standing;
  const on = (split: Split): Cards['gap'] => {
    const student = scoreOf(run, split);
    const teacher = run.info.teacher?.[split]?.accuracy;
    const alone = baseline && meanOn(baseline, split);
    return {
      split,
      ...defined('value', gapRecovered(student?.accuracy, alone, teacher)),
      ...defined('teacher', teacher),
      ...defined('baseline', alone),
    };
  };
  const test = on('test');
  if (test.value !== undefined) return test;
  const validation = on('validation');
  if (validation.value !== undefined) return validation;
  return { ...validation, why: whyNoGap(standing, validation) };
}

function whyNoGap({ run: { recipe, info } }: Standing, { teacher, baseline }: Cards['gap']): string {
  if (recipe.hooks.length === 0) return l10n.t('This run has no hooks.');
  if (baseline === undefined) return l10n.t('There is no finished run of the student alone yet.');
  if (teacher === undefined) return l10n.t('The teacher was not measured yet.');
  if (teacher <= baseline) return l10n.t('The teacher is not above the student alone.');
  return info.best === undefined ? l10n.t('There was no evaluation yet.') : l10n.t('It cannot be computed.');
}

/** Of the run's group over its seeds; of this run alone while it is not one of those that are done. */
function againstCard({ run, own, baseline }: Standing): Cards['against'] {
  if (baseline?.accuracy === undefined) return { split: 'validation', why: whyNoBaseline(run) };
  const { label } = baseline.group;
  const baselineSeeds = baseline.accuracy.count;
  if (own.counted.some((other) => other.run.id === run.run.id)) {
    // These alone decide the split: other groups may not have been tested.
    const { split, results } = compareRuns([...own.counted, ...baseline.counted]);
    const group = results.find((result) => result.group.key === own.group.key);
    if (group?.accuracy !== undefined && group.difference !== undefined) {
      const { value, standardError } = group.difference;
      const error = defined('standardError', standardError);
      return { split, label, difference: value, ...error, seeds: group.accuracy.count, baselineSeeds };
    }
  }
  const now = run.info[run.recipe.report.checkpoint]?.validation.accuracy;
  const alone = meanOn(baseline, 'validation');
  return now === undefined || alone === undefined
    ? { split: 'validation', label, why: l10n.t('There was no evaluation yet.') }
    : { split: 'validation', label, difference: now - alone, seeds: 1, baselineSeeds };
}

function whyNoBaseline({ recipe }: ReadableRun): string {
  return recipe.hooks.length === 0
    ? l10n.t('This run is the student alone.')
    : l10n.t('There is no finished run of the student alone yet.');
}

/** Mean accuracy of a group's finished runs on a split, which need not be the one that it was compared on. */
function meanOn({ counted }: GroupResult, split: Split): number | undefined {
  const values = counted.map((run) => scoreOf(run, split)?.accuracy);
  if (values.length === 0 || values.some((value) => value === undefined)) return undefined;
  return values.reduce<number>((sum, value) => sum + value!, 0) / values.length;
}

function defined<Key extends string, Value>(key: Key, value: Value | undefined): Partial<Record<Key, Value>> {
  return (value === undefined ? {} : { [key]: value }) as Partial<Record<Key, Value>>;
}
